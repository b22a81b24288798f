import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '@twenty-webhooks/services';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apps, buildNext, next15, runApp } from './consumer-frameworks.ts';
import { findServerInboxes, keepEvent } from './consumer-inboxes.ts';
import { resolveWithNpm } from './consumer-install.ts';
import { type ConsumerProject, makeConsumerProject } from './consumer-project.ts';
import { installedClosure } from './installed-closure.ts';
import { type LocalRegistry, startLocalRegistry } from './local-registry.ts';
import { libraryFolders, readManifest, root } from './pack.ts';

const nodes = [20, 22, 24, 26];
// Each test starts a process, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 90_000 });

let project: ConsumerProject;
beforeAll(async () => {
  project = await makeConsumerProject();
}, 180_000);
afterAll(() => project.remove());

test('the install brings our packages and nothing else', () => {
  const installed = readdirSync(join(project.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['@twenty-webhooks']);
  const ours = join(project.folder, 'node_modules/@twenty-webhooks');
  expect(readdirSync(ours).sort()).toEqual([...libraryFolders].sort());
  // Their engines, in the way of nobody.
  expect(libraryFolders.filter((name) => existsSync(join(ours, name, 'node_modules')))).toEqual(['postgres', 'redis']);
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
    expect(await project.run(version, 'import.mjs', code)).toBe('handled true function');
  });

  test('require', async () => {
    const code = `
      const { createReceiver } = require('@twenty-webhooks/core');
      const { toNodeHandler } = require('@twenty-webhooks/core/node');
      const { goldenVectors, sampleEvent, signDelivery } = require('@twenty-webhooks/testing');
      ${delivery}`;
    expect(await project.run(version, 'require.cjs', code)).toBe('handled true function');
  });

  test(`sqliteInbox ${version < 22 ? 'says at once what is missing' : 'keeps an event until it is handled'}`, async () => {
    const code = keepEvent('sqlite', `sqliteInbox('inbox-${version}.sqlite')`);
    const expected = version < 22 ? /No such built-in module: node:sqlite/ : /^accepted person\.created duplicate$/;
    expect(await project.run(version, 'sqlite.mjs', code)).toMatch(expected);
  });

  const adapters = ['express', 'fastify', 'hono', 'next', 'next/pages'];

  test('import and require of the adapters give the same function', async () => {
    const code = `
      const adapters = ${JSON.stringify(adapters)}.map((name) => '@twenty-webhooks/' + name);
      Promise.all(adapters.map(async (name) => {
        const { twentyWebhooks } = await import(name);
        return typeof twentyWebhooks === 'function' && twentyWebhooks === require(name).twentyWebhooks;
      })).then((found) => console.log(found.join()));`;
    expect(await project.run(version, 'adapters.cjs', code)).toBe(adapters.map(() => 'true').join());
  });
});

const inboxes = await findServerInboxes();
afterAll(() => Promise.all(inboxes.map(({ engine }) => engine?.close())));

for (const { name, functions, nodes, engine, open } of inboxes) {
  test.each(nodes)(`import and require of ${name} give the same functions on Node %i`, async (version) => {
    const code = `
      import('@twenty-webhooks/${name}').then((imported) => {
        const required = require('@twenty-webhooks/${name}');
        const isSame = (name) => typeof imported[name] === 'function' && imported[name] === required[name];
        console.log(${JSON.stringify(functions)}.filter(isSame).join());
      });`;
    expect(await project.run(version, `${name}.cjs`, code)).toBe(functions.join());
  });

  describeWith(engine, `${name}Inbox on its server`, ({ create }) => {
    test.each(nodes)('keeps an event until it is handled on Node %i', async (version) => {
      const storage = await create();
      try {
        const code = keepEvent(name, open(storage.url));
        expect(await project.run(version, `${name}.mjs`, code)).toBe('accepted person.created duplicate');
      } finally {
        await storage.drop();
      }
    });
  });
}

test.each([22, 24])('the suite for inboxes kills processes on Node %i', async (version) => {
  project.write(
    'open-inbox.mjs',
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
  expect(await project.run(version, 'suite.mjs', code)).toBe('kept');
});

// A delivery that was changed on its way, a genuine one, and that one again.
const answers = ['401 SIGNATURE_MISMATCH', '200 handled', '200 duplicate'];

describe.each(apps)('$name', (app) => {
  test.each([
    ['import', 26],
    ['require', 20],
  ] as const)('%s: receives, on Node %i', async (kind, node) => {
    const [refused, ...taken] = answers;
    const expected = [refused, ...taken.map((answer) => `${answer} person.created`)];
    expect((await runApp(project, app, { kind, node })).split('\n')).toEqual(expected);
  });
});

test('Next.js 15: a built app receives in either router', async () => {
  await buildNext(project, next15);
  // Its handlers are bundled, out of sight.
  expect((await runApp(project, next15, { kind: 'require', node: 24 })).split('\n')).toEqual([...answers, ...answers]);
}, 180_000);

describe('npm, from a registry that has the tarballs,', () => {
  const ours = (name: string): string => readManifest(name).name;
  let registry: LocalRegistry;
  beforeAll(async () => {
    registry = await startLocalRegistry(project.tarballs);
  });
  afterAll(() => registry.close());
  const resolve = (dependencies: Readonly<Record<string, string>>) =>
    resolveWithNpm(dependencies, { registry: registry.origin, parent: project.folder });

  test.each(['core', 'postgres', 'redis', 'sqlite', 'testing'])(
    'installs what %s declares, without a warning',
    async (name) => {
      const installedHere = [...installedClosure(join(root, 'packages', name))].filter(
        ([, folders]) => folders.size > 0,
      );
      const names = [ours(name), ...installedHere.map(([need]) => need)].sort();
      expect(await resolve({ [ours(name)]: '*' })).toEqual({ names, said: '' });
    },
  );

  test.each<[string, Record<string, string>]>([
    ['express', { express: '^4.18.0' }],
    ['express', { express: '^5.0.0' }],
    ['fastify', { fastify: '^5.0.0' }],
    ['hono', { hono: '^4.0.0' }],
    ['next', { next: '^15.0.0', react: '*', 'react-dom': '*' }],
    ['next', { next: '^16.0.0', react: '*', 'react-dom': '*' }],
  ])('adds core and %s to %o, without a warning', async (name, framework) => {
    const { names, said } = await resolve({ ...framework, [ours(name)]: '*' });
    expect(said).toBe('');
    expect(names.filter((found) => found.startsWith('@twenty-webhooks/'))).toEqual([ours('core'), ours(name)].sort());
  });

  test('refuses a framework of another major', async () => {
    const { names, said } = await resolve({ [ours('hono')]: '*', hono: 'npm:express@^5.0.0' });
    expect([names, said]).toEqual([[], expect.stringContaining('ERESOLVE')]);
  });
});
