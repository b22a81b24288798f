import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const folder = import.meta.dirname;

export interface Bundle {
  readonly code: string;
  /** The only output's part of esbuild's report. */
  readonly report: Metafile['outputs'][string];
}

export interface EdgeOptions {
  /** A project that has our packages installed. @default this workspace */
  readonly project?: string;
  /** Whether the runtime has Node's modules, as workerd does. @default false */
  readonly hasNodeModules?: boolean;
}

/** Bundle `contents`, a module of this folder, for edge runtimes: what nobody but Node, Bun and Deno has is an error. Needs a build. */
export function bundleForEdge(contents: string, options: EdgeOptions = {}): Promise<Bundle> {
  return bundle(contents, {
    conditions: ['workerd', 'worker', 'browser'],
    packages: 'bundle',
    minify: true,
    plugins: options.project === undefined ? [] : [packagesOf(options.project), vectorsInside],
    external: options.hasNodeModules ? ['node:*'] : [],
  });
}

/** Make a script of `contents`, a module of this folder, that leaves the choice of each package's files to the runtime that runs it. */
export function bundleForRuntime(contents: string): Promise<Bundle> {
  return bundle(contents, { packages: 'external' });
}

interface BundleOptions {
  readonly packages: 'bundle' | 'external';
  readonly conditions?: string[];
  readonly minify?: boolean;
  readonly plugins?: Plugin[];
  readonly external?: string[];
}

async function bundle(contents: string, options: BundleOptions): Promise<Bundle> {
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

/** Take our packages out of a project, whoever imports them. */
const packagesOf = (project: string): Plugin => ({
  name: 'packages of a project',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@twenty-webhooks\// }, ({ path, kind, pluginData }) =>
      pluginData === project ? undefined : resolve(path, { kind, resolveDir: project, pluginData: project }),
    );
  },
});

/** A worker has no files beside it, so the golden vectors come as text. */
const vectorsInside: Plugin = {
  name: 'vectors inside',
  setup({ onLoad }) {
    onLoad({ filter: /golden-vectors\.js$/ }, ({ path }) => {
      const vectors = JSON.stringify(readFileSync(join(path, '../../vectors/vectors.json'), 'utf8'));
      const [before, after, ...more] = readFileSync(path, 'utf8').split("readFileSync(vectorsUrl, 'utf8')");
      if (after === undefined || more.length > 0) throw new Error(`${path} reads the vectors in another way`);
      return { contents: before + vectors + after };
    });
  },
};

/** Fail with the line to run, instead of somewhere deep in a resolver. */
export function requireBuild(): void {
  if (existsSync(join(folder, '../packages/core/dist/index.js'))) return;
  throw new Error('The packages are not built. Run: npx -y pnpm@10.34.8 build');
}
