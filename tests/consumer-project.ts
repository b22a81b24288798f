import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installedClosure } from './installed-closure.ts';
import { libraryFolders, packPackages, readManifest, root } from './pack.ts';

/** A project that has the packed tarballs installed, as a user's would: what works here does not lean on this repository. */
export interface ConsumerProject {
  readonly folder: string;
  /** Paths of the tarballs. */
  readonly tarballs: readonly string[];
  /** Write a file, and the folders it stands in. */
  write(file: string, content: string): void;
  /** Write a file and run it on a Node; returns what it printed. */
  run(version: number, file: string, code: string): Promise<string>;
  /** Install a package that is the project's own, a framework: as a link to where it is installed here, with all it needs. */
  link(name: string, target: string): void;
  remove(): void;
}

/**
 * Needs a build, but no network: what packages depend on beside each other is copied from where it is installed here. A link would
 * lead to where more is found than they bring: optional peers and types that others of this repository have.
 */
export async function makeConsumerProject(): Promise<ConsumerProject> {
  // TypeScript names files by their real paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'consumer-')));
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  };
  const packed = mkdtempSync(join(tmpdir(), 'packed-'));
  const tarballs = [...packPackages(packed)]
    .filter(([name]) => libraryFolders.includes(name))
    .map(([name, tarball]) => ({ name, tarball, isAlone: !hasForeign(name) }));
  write('package.json', '{ "private": true }');
  // The frameworks are the project's own.
  const options = ['--offline', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  const alone = tarballs.filter(({ isAlone }) => isAlone).map(({ tarball }) => tarball);
  await execute('npm', ['install', ...options, ...alone], { cwd: folder, shell: process.platform === 'win32' });
  for (const { name, tarball } of tarballs.filter(({ isAlone }) => !isAlone)) {
    const place = join(folder, 'node_modules/@twenty-webhooks', name);
    await unpack(tarball, place);
    copyForeign(name, join(place, 'node_modules'));
  }

  return {
    folder,
    tarballs: tarballs.map(({ tarball }) => tarball),
    write,
    async run(version, file, code) {
      write(file, code);
      const node = join(root, `tests/node_modules/node${version}/bin/node`);
      const { stdout } = await execute(node, [file], { cwd: folder, timeout: 60_000, killSignal: 'SIGKILL' });
      return stdout.trim();
    },
    link(name, target) {
      const place = join(folder, name);
      mkdirSync(dirname(place), { recursive: true });
      rmSync(place, { force: true });
      symlinkSync(realpathSync(target), place, process.platform === 'win32' ? 'junction' : 'dir');
    },
    remove() {
      for (const made of [folder, packed]) rmSync(made, { recursive: true });
    },
  };
}

const execute = promisify(execFile);

const isForeign = (name: string): boolean => !name.startsWith('@twenty-webhooks/');

const hasForeign = (name: string): boolean => Object.keys(readManifest(name).dependencies ?? {}).some(isForeign);

async function unpack(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await execute('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

/** Into the package's own `node_modules`, where nothing else in the project sees it. */
function copyForeign(name: string, target: string): void {
  for (const [need, folders] of installedClosure(join(root, 'packages', name))) {
    if (folders.size > 1) throw new Error(`${name} brings two versions of ${need}: they do not fit into one folder`);
    for (const from of isForeign(need) ? folders : []) cpSync(from, join(target, need), { recursive: true });
  }
}
