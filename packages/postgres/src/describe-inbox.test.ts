import { randomUUID } from 'node:crypto';
import { createDatabase, describeWith, findPostgres } from '@twenty-webhooks/services';
import { describeInbox, type InboxSettings } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { afterAll, describe, it } from 'vitest';
import { type InboxPlace, openInbox } from './testdata/open-inbox.ts';

const server = await findPostgres();

// They wait together. Who blocks the event loop has it to himself.
const waitsForLeases = /^killed in a handler|takes longer than the lease|stood still/;

describeWith(server, 'postgresInbox on a Postgres server', ({ url, close }) => {
  const database = createDatabase(url);
  afterAll(async () => {
    await (await database).drop();
    await close();
  });

  async function createStorage() {
    const { url: connectionString, name } = await database;
    const place: InboxPlace = { connectionString, queue: randomUUID() };
    const location = JSON.stringify(place);
    const asAdmin = async (...statements: string[]): Promise<void> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    return {
      location,
      open: (settings: InboxSettings) => openInbox(location, settings),
      async breakDown() {
        await asAdmin(
          `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
        );
        return () => asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      },
    };
  }

  describeInbox(
    'postgresInbox',
    {
      createStorage,
      childModule: new URL('./testdata/open-inbox.ts', import.meta.url).href,
      // The shortest that pg-boss has.
      leaseMs: 10_000,
      patienceMs: 10_000,
    },
    { describe, it: (name, run) => (waitsForLeases.test(name) ? it.concurrent : it)(name, run, 120_000) },
  );
});
