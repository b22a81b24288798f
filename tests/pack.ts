import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, packOnce } from './pack-once.ts';

export const root = join(import.meta.dirname, '..');

/** The folder of every published package in `packages`. */
export const packageFolders: readonly string[] = readdirSync(join(root, 'packages'));

export interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The `package.json` of a package, by its folder in `packages`. */
export function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
}

/** Those that code imports. The command line tool has nothing to import. */
export const libraryFolders: readonly string[] = packageFolders.filter((folder) => folder !== 'cli');

/** Pack every published package with pnpm, exactly as a release does, into `folder`; returns package folder name → tarball. Needs a build. */
export function packPackages(folder: string): Map<string, string> {
  const digest = digestOf(root, packed);
  const cache = join(root, 'node_modules/.cache/packed');
  const done = packOnce(digest, {
    cache,
    pack(into) {
      pack(into);
      if (digestOf(root, packed) !== digest) throw new Error('files of packages changed while they were packed');
    },
  });
  cpSync(done, folder, { recursive: true });
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return new Map(
    packageFolders.map((name) => {
      // `@twenty-webhooks/core` becomes `twenty-webhooks-core-1.0.0.tgz`.
      const stem = readManifest(name).name.replace('@', '').replace('/', '-');
      const tarball = tarballs.find((file) => file.replace(/-\d.*$/, '') === stem);
      if (tarball === undefined) throw new Error(`packages/${name} was not packed`);
      return [name, join(folder, tarball)];
    }),
  );
}

/** All that tarballs are made of, and who makes them. */
const packed = [
  'packages/*/*',
  'packages/*/!(node_modules|.turbo)/**',
  'LICENSE',
  'package.json',
  'pnpm-workspace.yaml',
];

function pack(folder: string): void {
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  execFileSync('pnpm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
