import { globSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installedClosure } from '../../../tests/installed-closure.ts';
import type { Report } from '../report.ts';

/** What an install brings to a project, computed from what is installed here; an adapter's framework is there already. */
export function benchInstallSize(report: Report): void {
  const rows = installs.map(({ name, already }) => {
    const { packages, bytes } = installSize(name, already);
    return [name, String(packages), (bytes / 1_000).toFixed(0)];
  });
  report.table('install size', ['', 'packages', 'kB on disk'], rows);
}

/** The packages that `npm install` of one brings, and their bytes; not those that `already` brought. */
export function installSize(name: string, already?: string): { readonly packages: number; readonly bytes: number } {
  // By name: a framework may be installed here several times, beside other peers of its own.
  const there = already === undefined ? new Map() : closureOf(already);
  const folders = [...closureOf(name)].flatMap(([other, found]) => (there.has(other) ? [] : [...found]));
  const bytes = folders.flatMap(filesOf).reduce((sum, file) => sum + statSync(file).size, 0);
  return { packages: folders.length, bytes };
}

const installs: readonly { readonly name: string; readonly already?: string }[] = [
  { name: '@twenty-webhooks/core' },
  ...['express', 'fastify', 'hono', 'next'].map((already) => ({ name: `@twenty-webhooks/${already}`, already })),
  ...['sqlite', 'postgres', 'redis'].map((inbox) => ({ name: `@twenty-webhooks/${inbox}` })),
  ...['standardwebhooks', 'svix', 'stripe', '@octokit/webhooks', '@hookflo/tern'].map((name) => ({ name })),
];

function closureOf(name: string): ReadonlyMap<string, ReadonlySet<string>> {
  const folder = join(import.meta.dirname, '../../node_modules', name);
  return new Map([...installedClosure(folder), [name, new Set([realpathSync(folder)])]]);
}

/** A package of this repository has more in its folder than what is published: `files` of its manifest, and what npm adds. */
function filesOf(folder: string): string[] {
  const isOurs = !folder.includes('/node_modules/');
  const files = isOurs ? [...publishedFiles(folder), 'package.json', 'README.md', 'LICENSE'] : ['**', '!node_modules'];
  const include = files.filter((pattern) => !pattern.startsWith('!')).flatMap(withContents);
  const exclude = files
    .filter((pattern) => pattern.startsWith('!'))
    .flatMap((pattern) => withContents(pattern.slice(1)));
  return [...new Set(globSync(include, { cwd: folder, exclude }))]
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
}

function publishedFiles(folder: string): readonly string[] {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).files;
}

/** A pattern that names a folder means all in it. */
const withContents = (pattern: string): readonly string[] => [pattern, `${pattern}/**`];
