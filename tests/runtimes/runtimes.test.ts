import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkerd } from '../../apps/edge-forward/dev/start-workerd.ts';
import { bundleForEdge, bundleForRuntime } from '../bundle.ts';
import { expectedVerdicts } from './expected.ts';
import { createLanes } from './lanes.ts';
import { makePackedProject, type PackedProject } from './packed-project.ts';
import { type Runtime, runScript } from './run-script.ts';

// What is packed, in every runtime that is supported: the suites of adapters, inboxes and stores, with all their cases but those
// of skipped-cases.ts, on that runtime's own servers, and the golden vectors without a server.

const installed = (path: string): string => join(import.meta.dirname, '../node_modules', path);
const extension = process.platform === 'win32' ? '.exe' : '';
const cache = mkdtempSync(join(tmpdir(), 'deno-'));

interface NamedRuntime extends Runtime {
  readonly name: string;
  /** How it serves, and how many cases pass at least: a suite that runs nothing does not fail. */
  readonly adapters: Readonly<Record<string, number>>;
}

const frameworks = { Express: 140, Fastify: 130 };
const nodes = [20, 22, 24, 26].map(
  (version): NamedRuntime => ({
    name: `Node ${version}`,
    command: [installed(`node${version}/bin/node${extension}`)],
    env: { NODE_NO_WARNINGS: '1' },
    // What comes between the oldest and the newest is for the packages' own tests, and for node:http here.
    adapters: {
      'node:http': 140,
      ...([20, 26].includes(version) && { ...frameworks, 'Hono on node:http': 135 }),
    },
  }),
);
const bun: NamedRuntime = {
  name: 'Bun',
  command: [installed('bun/bin/bun.exe'), 'run', '--no-install'],
  env: { DO_NOT_TRACK: '1' },
  adapters: { 'node:http': 140, ...frameworks, 'Hono on Bun.serve': 135, 'fetch on Bun.serve': 125 },
};
// No setting but that packages are where npm has put them.
const denoOptions = '--quiet --no-prompt --no-lock --no-remote --node-modules-dir=manual --allow-all';
const deno: NamedRuntime = {
  name: 'Deno',
  command: [installed(`deno/deno${extension}`), 'run', ...denoOptions.split(' ')],
  env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1' },
  adapters: { 'node:http': 140, ...frameworks, 'Hono on Deno.serve': 135, 'fetch on Deno.serve': 125 },
};

let project: PackedProject;
const scripts: Record<string, string> = {};
beforeAll(async () => {
  project = makePackedProject();
  for (const name of ['adapters', 'inbox']) {
    const { code } = await bundleForRuntime(`import './runtimes/${name}-script.ts';`);
    scripts[name] = project.write(`${name}.js`, code);
  }
  project.write('open-inbox.js', "export { sqliteInbox as openInbox } from '@twenty-webhooks/sqlite';");
}, 180_000);
afterAll(() => {
  project?.remove();
  rmSync(cache, { recursive: true });
});

// Most of the time a suite waits; more at once would make what is measured late.
const inLane = createLanes(4);
const minutes = 60_000;

const runtimes = [deno, bun, ...nodes];
const run = (runtime: Runtime, name: string, ...args: string[]) =>
  inLane(() => runScript(runtime, { cwd: project.folder, args: [scripts[name] ?? '', ...args] }));

// On Node the package's own tests run them, and tests/consumer.test.ts an inbox of the tarball, with processes that are killed.
it.concurrent.each([deno, bun])(
  '$name passes the suites of inboxes and stores, with sqliteInbox and sqliteStore',
  async (runtime) => {
    const { reports } = (await run(runtime, 'inbox')) as Result;
    expect(reports).toEqual(allPassed({ sqliteStore: 15, sqliteInbox: 50 }));
  },
  5 * minutes,
);

it.concurrent.each(runtimes)(
  '$name picks node:crypto by itself, agrees with every vector, and passes the suite of adapters',
  async (runtime) => {
    const { reports, ...result } = (await run(runtime, 'adapters', ...Object.keys(runtime.adapters))) as Result;
    expect(result).toEqual({ crypto: 'node:crypto', verdicts: expectedVerdicts });
    expect(reports).toEqual(allPassed(runtime.adapters));
  },
  5 * minutes,
);

// workerd shows it too; here it is the Web Crypto of the oldest and the newest Node.
it.concurrent.each(nodes.filter((_, index) => index % 3 === 0))(
  '$name with the Web Crypto build agrees with every vector',
  async (runtime) => {
    const statements = `
    import { findCrypto, judgeAll } from './runtimes/verdicts.ts';
    console.log(JSON.stringify({ crypto: await findCrypto(), verdicts: await judgeAll() }));
  `;
    const { code } = await bundleForEdge(statements, { project: project.folder });
    const script = project.write(`web-crypto-${runtime.name}.js`, code);
    const result = await runScript(runtime, { cwd: project.folder, args: [script] });
    expect(result).toEqual({ crypto: 'Web Crypto', verdicts: expectedVerdicts });
  },
);

it.concurrent(
  'workerd agrees with every vector, and passes the suite of adapters',
  async () => {
    const statement = "export { default } from './runtimes/worker.ts';";
    const { code } = await bundleForEdge(statement, { project: project.folder, hasNodeModules: true });
    const workerd = await startWorkerd(code, { network: 'anything' });
    try {
      const { reports, ...result } = await inLane(async () => (await (await fetch(workerd.origin)).json()) as Result);
      expect(result).toEqual({ crypto: 'Web Crypto', verdicts: expectedVerdicts });
      expect(reports).toEqual(allPassed({ fetch: 125, Hono: 135 }));
    } finally {
      await workerd.close();
    }
  },
  5 * minutes,
);

interface Result {
  readonly crypto?: string;
  readonly verdicts?: unknown;
  readonly reports: unknown;
}

const allPassed = (suites: Readonly<Record<string, number>>): object =>
  Object.fromEntries(
    Object.entries(suites).map(([name, least]) => [
      name,
      { passed: expect.toSatisfy((passed) => Number(passed) >= least, `at least ${least}`), failed: {} },
    ]),
  );
