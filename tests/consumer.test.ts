import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packPackages, root } from './pack.ts';

// An empty project that installs the tarballs, as a user's would: what works here does not lean on this repository.
const project = mkdtempSync(join(tmpdir(), 'consumer-'));
const names = readdirSync(join(root, 'packages'));
const nodes = [20, 22, 24, 26];

const run = promisify(execFile);

beforeAll(async () => {
  const packed = mkdtempSync(join(tmpdir(), 'packed-'));
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  // Offline: the packages need nothing but each other. The frameworks are the project's own.
  const options = ['--offline', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  const tarballs = [...packPackages(packed).values()];
  await run('npm', ['install', ...options, ...tarballs], { cwd: project, shell: process.platform === 'win32' });
  rmSync(packed, { recursive: true });
}, 60_000);
afterAll(() => rmSync(project, { recursive: true }));

/** Run a file of the project on a Node; returns what it printed. */
async function runFile(version: number, file: string, code: string): Promise<string> {
  writeFileSync(join(project, file), code);
  const node = join(root, `tests/node_modules/node${version}/bin/node`);
  const { stdout } = await run(node, [file], { cwd: project, timeout: 15_000, killSignal: 'SIGKILL' });
  return stdout.trim();
}

test('the install brings our packages and nothing else', () => {
  const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['@twenty-webhooks']);
  expect(readdirSync(join(project, 'node_modules/@twenty-webhooks')).sort()).toEqual([...names].sort());
});

const delivery = `
  const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's' });
  const receiver = createReceiver({ secret: 's', on: { 'person.created': () => {} } });
  receiver.receive({ method: 'POST', url: '/', headers, body }).then((outcome) =>
    console.log(outcome.status, goldenVectors().length > 60, typeof toNodeHandler));`;

describe.each(nodes)('Node %i', (version) => {
  test('import', async () => {
    const code = `
      import { createReceiver } from '@twenty-webhooks/core';
      import { toNodeHandler } from '@twenty-webhooks/core/node';
      import { goldenVectors, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
      ${delivery}`;
    expect(await runFile(version, 'import.mjs', code)).toBe('handled true function');
  });

  test('require', async () => {
    const code = `
      const { createReceiver } = require('@twenty-webhooks/core');
      const { toNodeHandler } = require('@twenty-webhooks/core/node');
      const { goldenVectors, sampleEvent, signDelivery } = require('@twenty-webhooks/testing');
      ${delivery}`;
    expect(await runFile(version, 'require.cjs', code)).toBe('handled true function');
  });

  test(`sqliteInbox ${version < 22 ? 'says at once what is missing' : 'keeps an event until it is handled'}`, async () => {
    const file = `inbox-${version}.sqlite`;
    const code = `
      const wait = new Promise((resolve) => { globalThis.handled = resolve; });
      import('@twenty-webhooks/sqlite').then(async ({ sqliteInbox }) => {
        const { createReceiver } = await import('@twenty-webhooks/core');
        const { sampleEvent, signDelivery } = await import('@twenty-webhooks/testing');
        const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's' });
        const inbox = sqliteInbox('${file}');
        const receiver = createReceiver({ secret: 's', inbox, on: { 'person.created': globalThis.handled } });
        const request = { method: 'POST', url: '/', headers, body };
        const { status } = await receiver.receive(request);
        const { event } = await wait;
        const again = await receiver.receive(request);
        await receiver.close();
        console.log(status, event, again.status);
      }).catch((error) => console.log(error.message));`;
    const expected = version < 22 ? /No such built-in module: node:sqlite/ : /^accepted person\.created duplicate$/;
    expect(await runFile(version, 'sqlite.mjs', code)).toMatch(expected);
  });

  const adapters = ['express', 'fastify', 'hono', 'next', 'next/pages'];

  test('import and require of the adapters give the same function', async () => {
    const code = `
      const adapters = ${JSON.stringify(adapters)}.map((name) => '@twenty-webhooks/' + name);
      Promise.all(adapters.map(async (name) => {
        const { twentyWebhooks } = await import(name);
        return typeof twentyWebhooks === 'function' && twentyWebhooks === require(name).twentyWebhooks;
      })).then((found) => console.log(found.join()));`;
    expect(await runFile(version, 'adapters.cjs', code)).toBe(adapters.map(() => 'true').join());
  });
});

test.each([22, 24])('the suite for inboxes kills processes on Node %i', async (version) => {
  writeFileSync(
    join(project, 'open-inbox.mjs'),
    `import { sqliteInbox } from '@twenty-webhooks/sqlite';
    export const openInbox = (location, settings) => sqliteInbox(location, settings);`,
  );
  const name = 'killed right after an answer: every acknowledged event is handled later';
  const code = `
    import { inboxCases } from '@twenty-webhooks/testing';
    import { openInbox } from './open-inbox.mjs';
    const location = 'suite-${version}.sqlite';
    const cases = inboxCases({
      createStorage: () => ({ location, open: (settings) => openInbox(location, settings) }),
      childModule: new URL('./open-inbox.mjs', import.meta.url).href,
      lacks: ['outage'],
    });
    await cases.find(({ name }) => name === ${JSON.stringify(name)}).run();
    console.log('kept');`;
  expect(await runFile(version, 'suite.mjs', code)).toBe('kept');
});

describe.each(['nodenext', 'bundler'])('types in a strict project, module resolution %s', (moduleResolution) => {
  const check = async (code: string): Promise<string> => {
    const compilerOptions = {
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
    };
    writeFileSync(join(project, 'types.mts'), code);
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const checked = run(process.execPath, [tsc, '-p', '.'], { cwd: project });
    return (await checked.catch(({ stdout }: { stdout: string }) => ({ stdout }))).stdout;
  };

  test('handlers are typed, and all declarations hold', async () => {
    const errors = await check(`
      import { createReceiver } from '@twenty-webhooks/core';
      import { toNodeHandler } from '@twenty-webhooks/core/node';
      import { sqliteInbox } from '@twenty-webhooks/sqlite';
      import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
      const inbox = sqliteInbox('types.sqlite', { concurrency: 2 });
      inbox.inspection.counts().then(({ dead }) => dead satisfies number);
      const receiver = createReceiver({
        secret: 's',
        inbox,
        retry: { attempts: 3 },
        on: { 'person.created': ({ data }) => void data.attributes?.name?.firstName?.trim() },
      });
      toNodeHandler(receiver);
      const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's' });
      receiver.receive({ method: 'POST', url: '/', headers, body }).then(({ status }) => status satisfies string);
      // @ts-expect-error: no such action
      receiver.on('person.made', () => {});`);
    expect(errors).toBe('');
  });

  test('a receiver fits a variable of type Receiver', async () => {
    const errors = await check(`
      import { createReceiver, type Receiver } from '@twenty-webhooks/core';
      export const receiver: Receiver = createReceiver({ secret: 's', on: { '*': ({ id }) => id } });`);
    expect(errors).toBe('');
  });
});
