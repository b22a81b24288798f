import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installedClosure } from './installed-closure.ts';
import { libraryFolders, packPackages, readManifest, root } from './pack.ts';

/** A project that has the packed tarballs installed, as a user's would: what works here does not lean on this repository. */
export interface ConsumerProject {
  readonly folder: string;
  /** Write a file. */
  write(file: string, content: string): void;
  /** Write a file and run it on a Node; returns what it printed. */
  run(version: number, file: string, code: string): Promise<string>;
  /** Compile a module in strict mode, declarations of packages included; returns the errors. */
  compile(moduleResolution: string, code: string): Promise<string>;
  remove(): void;
}

/**
 * Needs a build, but no network: what packages depend on beside each other is copied from where it is installed here. A link would
 * lead to where more is found than they bring: optional peers and types that others of this repository have.
 */
export async function makeConsumerProject(): Promise<ConsumerProject> {
  const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);
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
  rmSync(packed, { recursive: true });

  return {
    folder,
    write,
    async run(version, file, code) {
      write(file, code);
      const node = join(root, `tests/node_modules/node${version}/bin/node`);
      const { stdout } = await execute(node, [file], { cwd: folder, timeout: 15_000, killSignal: 'SIGKILL' });
      return stdout.trim();
    },
    async compile(moduleResolution, code) {
      write('types.mts', code);
      write('tsconfig.json', JSON.stringify({ compilerOptions: optionsFor(moduleResolution), files: ['types.mts'] }));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const checked = execute(process.execPath, [tsc, '-p', '.'], { cwd: folder });
      return (await checked.catch(({ stdout }: { stdout: string }) => ({ stdout }))).stdout;
    },
    remove: () => rmSync(folder, { recursive: true }),
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

const optionsFor = (moduleResolution: string): object => ({
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  // Our own declarations are what is checked.
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
  module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
  moduleResolution,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
});
