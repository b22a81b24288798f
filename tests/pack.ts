import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Pack every published package with pnpm, exactly as a release does, into `folder`; returns package folder name → tarball. Needs a build. */
export function packPackages(folder: string): Map<string, string> {
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  execFileSync('pnpm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return new Map(
    readdirSync(join(root, 'packages')).map((name) => {
      const tarball = tarballs.find((file) => file.replace(/-\d.*$/, '') === `twenty-webhooks-${name}`);
      if (tarball === undefined) throw new Error(`packages/${name} was not packed`);
      return [name, join(folder, tarball)];
    }),
  );
}
