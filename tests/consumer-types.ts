import { type ExecFileException, execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConsumerProject } from './consumer-project.ts';
import { root } from './pack.ts';

/** One program of a project: files of `testdata/consumer`, compiled in strict mode, declarations of packages included. */
export interface ConsumerProgram {
  readonly files: readonly string[];
  readonly module: 'esnext' | 'preserve' | 'node16' | 'nodenext';
  /** @default without the DOM: Node's types bring what they need of it */
  readonly lib?: readonly string[];
  /** @default ['node'] */
  readonly types?: readonly string[];
  /** @default true */
  readonly exactOptionalPropertyTypes?: boolean;
  /** Packages at another version than the usual: name → name in the `node_modules` of these tests. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** Add the frameworks that a project has besides ours, and the files of its programs. */
export function addFrameworks(project: ConsumerProject): void {
  for (const name of ['fastify', 'hono', '@types/express'])
    project.link(`node_modules/${name}`, installedInTests(name));
  project.link('node_modules/@types/node', join(root, 'node_modules/@types/node'));
  cpSync(join(import.meta.dirname, 'testdata/consumer'), project.folder, { recursive: true });
}

/** Check programs with a TypeScript before 7, in one process; returns the errors of each in our declarations and in its own files. */
export async function checkTypes(
  project: ConsumerProject,
  typescript: string,
  programs: readonly ConsumerProgram[],
): Promise<readonly string[]> {
  const script = join(import.meta.dirname, 'consumer-type-check.ts');
  const configs = programs.map((program, index) => writeConfig(project, `${typescript}-${index}`, program));
  // Much is made at once, and little of it is garbage.
  const args = ['--max-semi-space-size=64', script, installedInTests(typescript), project.folder, ...configs];
  return JSON.parse((await execute(process.execPath, args, { timeout: 120_000 })).stdout);
}

/** Compile a program with `tsc` of this repository's TypeScript; returns every error, those in declarations of others too. */
export async function compile(project: ConsumerProject, program: ConsumerProgram): Promise<string> {
  const config = writeConfig(project, 'compiled', program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  // In threads it does some things twice.
  const checked = execute(process.execPath, [tsc, '-p', config, '--singleThreaded'], {
    cwd: project.folder,
    timeout: 120_000,
  });
  return (await checked.catch(({ stdout = '' }: ExecFileException) => ({ stdout }))).stdout;
}

const execute = promisify(execFile);

const installedInTests = (name: string): string => join(import.meta.dirname, 'node_modules', name);

function writeConfig(project: ConsumerProject, name: string, program: ConsumerProgram): string {
  const {
    files,
    module,
    lib = ['es2022'],
    types = ['node'],
    exactOptionalPropertyTypes = true,
    packages = {},
  } = program;
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    lib,
    module,
    moduleResolution: module === 'node16' || module === 'nodenext' ? module : 'bundler',
    types,
    // Where declarations of ours import them, too.
    paths: Object.fromEntries(Object.entries(packages).map(([need, name]) => [need, [installedInTests(name)]])),
  };
  project.write(`${name}.json`, JSON.stringify({ compilerOptions, files }));
  return join(project.folder, `${name}.json`);
}
