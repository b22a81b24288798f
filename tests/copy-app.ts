import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface CopyOptions {
  /** Of our packages, by the name of their folder. */
  readonly tarballs: ReadonlyMap<string, string>;
  /** Where npm finds all others. */
  readonly registry: string;
}

/**
 * Copy the folder of an app out of the repository, as whoever starts from it does: its `workspace:` ranges become tarballs, and npm
 * installs it.
 */
export async function copyApp(from: string, to: string, { tarballs, registry }: CopyOptions): Promise<void> {
  mkdirSync(to, { recursive: true });
  // What git has, and nothing that a developer keeps there, such as a `.env` with the tokens of a real service.
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: from, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) cpSync(join(from, file), join(to, file));
  const manifest: Manifest = JSON.parse(readFileSync(join(to, 'package.json'), 'utf8'));
  // npm's package of Node would be fetched from afar; whoever runs this has one that is new enough.
  const { node: _, ...devDependencies } = manifest.devDependencies;
  const copied = {
    ...manifest,
    // What is packed depends on core by its version, which no registry has before the release.
    dependencies: {
      ...withTarballs(manifest.dependencies, tarballs),
      '@twenty-webhooks/core': `file:${tarballs.get('core')}`,
    },
    devDependencies: withTarballs(devDependencies, tarballs),
  };
  writeFileSync(join(to, 'package.json'), JSON.stringify(copied, null, 2));
  const cache = join(to, '..', 'npm-cache');
  const options = ['--no-audit', '--no-fund', `--registry=${registry}`, `--cache=${cache}`];
  await promisify(execFile)('npm', ['install', ...options], { cwd: to, shell: process.platform === 'win32' });
}

type Ranges = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies: Ranges;
  readonly devDependencies: Ranges;
}

function withTarballs(ranges: Ranges, tarballs: ReadonlyMap<string, string>): Ranges {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => {
      if (!range.startsWith('workspace:')) return [name, range];
      const tarball = tarballs.get(name.replace('@twenty-webhooks/', ''));
      if (tarball === undefined) throw new Error(`${name} is not packed`);
      return [name, `file:${tarball}`];
    }),
  );
}
