import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleForEdge, bundleForRuntime } from '../bundle.ts';
import { deliverAll } from './deliver.ts';
import { expectedAnswers, expectedVerdicts } from './expected.ts';
import { type Runtime, runScript } from './run-script.ts';
import { startWorkerd } from './start-workerd.ts';

// The built core and the golden vectors in every runtime that is supported.

const installed = (path: string): string => join(import.meta.dirname, '../node_modules', path);
const extension = process.platform === 'win32' ? '.exe' : '';
const cache = mkdtempSync(join(tmpdir(), 'deno-'));
afterAll(() => rmSync(cache, { recursive: true }));

interface NamedRuntime extends Runtime {
  readonly name: string;
  /** Whether it has a web-standard server, beside `node:http`. */
  readonly hasOwnServer: boolean;
}

const nodes = [20, 22, 24, 26].map(
  (version): NamedRuntime => ({
    name: `Node ${version}`,
    command: [installed(`node${version}/bin/node${extension}`), '--input-type=module', '-'],
    env: {},
    hasOwnServer: false,
  }),
);
const bun: NamedRuntime = {
  name: 'Bun',
  command: [installed('bun/bin/bun.exe'), 'run', '--no-install', '-'],
  env: { DO_NOT_TRACK: '1' },
  hasOwnServer: true,
};
// No permission but to talk to itself, no setting but that packages are where pnpm put them.
const denoOptions = '--quiet --no-prompt --no-lock --no-remote --node-modules-dir=manual --allow-net=127.0.0.1';
const deno: NamedRuntime = {
  name: 'Deno',
  command: [installed(`deno/deno${extension}`), 'run', ...denoOptions.split(' '), '-'],
  env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1' },
  hasOwnServer: true,
};

describe.each([...nodes, bun, deno])('$name', (runtime) => {
  const run = async (statements: string): Promise<unknown> =>
    runScript(runtime, (await bundleForRuntime(statements)).code);

  test('picks node:crypto by itself, and agrees with every vector', async () => {
    const result = await run(`
      import { findCrypto, judgeAll } from './runtimes/verdicts.ts';
      console.log(JSON.stringify({ crypto: await findCrypto(), verdicts: await judgeAll() }));
    `);
    expect(result).toEqual({ crypto: 'node:crypto', verdicts: expectedVerdicts });
  });

  test('agrees with every vector that comes through a server', async () => {
    const result = await run(`
      import { judgeByNodeHandler, judgeByOwnServer } from './runtimes/served.ts';
      console.log(JSON.stringify({ node: await judgeByNodeHandler(), own: await judgeByOwnServer() }));
    `);
    expect(result).toEqual({ node: expectedAnswers, ...(runtime.hasOwnServer && { own: expectedAnswers }) });
  });
});

test.each(nodes)('$name with the Web Crypto build agrees with every vector', async (runtime) => {
  const { code } = await bundleForEdge(`
    import { findCrypto, judgeAll } from './runtimes/verdicts.ts';
    console.log(JSON.stringify({ crypto: await findCrypto(), verdicts: await judgeAll() }));
  `);
  expect(await runScript(runtime, code)).toEqual({ crypto: 'Web Crypto', verdicts: expectedVerdicts });
});

test('workerd agrees with every vector, inside and over a connection', async () => {
  const { code } = await bundleForEdge("export { default } from './runtimes/worker.ts';");
  const workerd = await startWorkerd(code);
  try {
    const inside = await (await fetch(`http://127.0.0.1:${workerd.port}/`)).json();
    expect(inside).toEqual({ crypto: 'Web Crypto', verdicts: expectedVerdicts });
    expect(await deliverAll(workerd.port)).toEqual(expectedAnswers);
  } finally {
    await workerd.close();
  }
});
