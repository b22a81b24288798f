import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '@twenty-webhooks/services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findServerInboxes, keepEvent } from './consumer-inboxes.ts';
import { type ConsumerProject, makeConsumerProject } from './consumer-project.ts';
import { libraryFolders } from './pack.ts';

const nodes = [20, 22, 24, 26];

let project: ConsumerProject;
beforeAll(async () => {
  project = await makeConsumerProject();
}, 60_000);
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

describe.each(['nodenext', 'bundler'])('types in a strict project, module resolution %s', (moduleResolution) => {
  test('handlers are typed, and all declarations hold', async () => {
    const errors = await project.compile(
      moduleResolution,
      `
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
      receiver.on('person.made', () => {});`,
    );
    expect(errors).toBe('');
  });

  test('options and results of redis are typed, and all declarations hold', async () => {
    const errors = await project.compile(
      moduleResolution,
      `
      import { createReceiver, type IdempotencyStore } from '@twenty-webhooks/core';
      import { redisInbox, redisStore } from '@twenty-webhooks/redis';
      const inbox = redisInbox({ connection: { host: '127.0.0.1', port: 6379 }, concurrency: 2 });
      inbox.ready() satisfies Promise<void>;
      inbox.inspection.counts().then(({ dead }) => dead satisfies number);
      createReceiver({ secret: 's', inbox, work: false, on: { '*': ({ id }) => id } });
      redisStore({ connection: 'redis://127.0.0.1:6379' }) satisfies IdempotencyStore;
      // @ts-expect-error: a connection is needed
      redisInbox({ concurrency: 2 });`,
    );
    expect(errors).toBe('');
  });

  // Nobody has @types/pg who only installs the package.
  test('options and results of postgres are typed, and all declarations hold', async () => {
    const errors = await project.compile(
      moduleResolution,
      `
      import { createReceiver, type IdempotencyStore } from '@twenty-webhooks/core';
      import { migrate, postgresInbox, postgresStore, type SqlClient, sql } from '@twenty-webhooks/postgres';
      const connectionString = 'postgres://localhost/app';
      const inbox = postgresInbox({ connectionString, concurrency: 2 });
      inbox.ready() satisfies Promise<void>;
      inbox.inspection.counts().then(({ dead }) => dead satisfies number);
      createReceiver({ secret: 's', inbox, work: false, on: { '*': ({ id }) => id } });
      postgresStore({ connectionString }) satisfies IdempotencyStore;
      const client: SqlClient = { query: async () => ({ rows: [] }) };
      migrate(client) satisfies Promise<void>;
      sql satisfies string;
      // @ts-expect-error: no such option
      postgresInbox({ connectionStrings: connectionString });`,
    );
    expect(errors).toBe('');
  });

  test('a receiver fits a variable of type Receiver', async () => {
    const errors = await project.compile(
      moduleResolution,
      `
      import { createReceiver, type Receiver } from '@twenty-webhooks/core';
      export const receiver: Receiver = createReceiver({ secret: 's', on: { '*': ({ id }) => id } });`,
    );
    expect(errors).toBe('');
  });
});
