import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

const folder = import.meta.dirname;

export interface Bundle {
  readonly code: string;
  /** The only output's part of esbuild's report. */
  readonly report: Metafile['outputs'][string];
}

/** Bundle `contents`, a module of this folder, for edge runtimes: what nobody but Node, Bun and Deno has is an error. Needs a build. */
export function bundleForEdge(contents: string): Promise<Bundle> {
  return bundle(contents, { conditions: ['workerd', 'worker', 'browser'], packages: 'bundle', minify: true });
}

/** Make a script of `contents`, a module of this folder, that leaves the choice of each package's files to the runtime that runs it. */
export function bundleForRuntime(contents: string): Promise<Bundle> {
  return bundle(contents, { packages: 'external' });
}

async function bundle(
  contents: string,
  options: { conditions?: string[]; packages: 'bundle' | 'external'; minify?: boolean },
): Promise<Bundle> {
  requireBuild();
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
    ...options,
  });
  const [report] = Object.values(metafile.outputs);
  const [file] = outputFiles;
  if (report === undefined || file === undefined) throw new Error('esbuild wrote nothing');
  return { code: file.text, report };
}

/** Fail with the line to run, instead of somewhere deep in a resolver. */
export function requireBuild(): void {
  if (existsSync(join(folder, '../packages/core/dist/index.js'))) return;
  throw new Error('The packages are not built. Run: npx -y pnpm@10.34.8 build');
}
