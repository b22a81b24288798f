import { randomUUID } from 'node:crypto';
import { postgresInbox } from '@twenty-webhooks/postgres';
import { redisInbox } from '@twenty-webhooks/redis';
import { createDatabase, describeWith, findPostgres, findRedis } from '@twenty-webhooks/services';
import { sampleEvent } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { leaveDeadJobs, runWaitingJobs, webhookEvent } from './failed-receiver.ts';
import { runCli } from './run-cli.ts';

const events = [sampleEvent('person.created'), sampleEvent('company.updated'), webhookEvent('canary-secret')];
const logger = { warn() {}, error() {} };

/** List, show, retry, purge, with what the inbox needs beside its URL; then the app runs what is to run. */
async function expectWholeFlow(url: string, options: readonly string[], openInbox: () => Promise<InspectableInbox>) {
  const env = { TWENTY_INBOX: url };
  const failed = async (command: string, ...more: string[]) => {
    const { code, error, out } = await runCli(['failed', command, ...options, ...more], { env });
    // What it says when it takes longer than two seconds is no error.
    return { code, error: error.replace(/^Looking into .*\n/, ''), out };
  };

  const listed = await failed('list', '--json');
  expect(listed).toMatchObject({ code: 0, error: '' });
  const { counts, jobs } = JSON.parse(listed.out);
  expect(counts).toEqual({ dead: 3, waiting: 0, running: 0, done: 0 });
  expect(jobs).toMatchObject([
    { event: 'metadata.webhook.updated', handler: 'won-deals', attempts: 1 },
    { event: 'company.updated', object: 'company', lastError: { code: 'NON_RETRYABLE' } },
    { event: 'person.created' },
  ]);
  const start = jobs[1].key.slice(0, 9);
  expect(await failed('show', start, '--raw')).toEqual({ code: 0, error: '', out: JSON.stringify(events[1]) });
  expect(await failed('retry', start)).toMatchObject({ code: 0, error: '' });
  const purged = await failed('purge', '--yes');
  expect(purged).toMatchObject({ code: 0, error: '', out: expect.stringMatching(/^2 dead jobs are forgotten/) });
  const inbox = await openInbox();
  await inbox.ready();
  expect(await inbox.inspection.counts()).toEqual({ dead: 0, waiting: 1, running: 0, done: 0 });
  expect(await runWaitingJobs(inbox)).toEqual(['company.updated']);
}

type InspectableInbox = Parameters<typeof runWaitingJobs>[0] & { ready(): Promise<void> };

async function query(connectionString: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

// Servers and processes, on a machine that may have much else to do.
const timeout = 60_000;

describeWith(await findPostgres(), 'failed on Postgres', (server) => {
  afterAll(() => server.close());

  it(
    'list, show, retry and purge, with the settings that the app has given the queue',
    async () => {
      const database = await createDatabase(server.url);
      const settings = {
        connectionString: database.url,
        schema: 'jobs',
        queue: 'deals',
        leaseMs: 77_000,
        retentionDays: 3,
        logger,
      };
      await leaveDeadJobs(postgresInbox(settings), events);
      const options = ['--schema', 'jobs', '--queue', 'deals'];
      await expectWholeFlow(database.url, options, async () => {
        const rows = await query(
          database.url,
          "SELECT heartbeat_seconds, deletion_seconds FROM jobs.queue WHERE name = 'deals'",
        );
        expect(rows).toEqual([{ heartbeat_seconds: 77, deletion_seconds: 3 * 86_400 }]);
        return postgresInbox(settings);
      });
      expect(
        await runCli(['failed', 'list', '--schema', 'jobs'], { env: { TWENTY_INBOX: database.url } }),
      ).toMatchObject({
        code: 2,
        error: expect.stringMatching(/no queue twenty-webhooks in the schema jobs; there are: deals\./),
      });
      await database.drop();
    },
    timeout,
  );

  it(
    'makes nothing in a database without an inbox',
    async () => {
      const database = await createDatabase(server.url);
      expect(await runCli(['failed', 'list'], { env: { TWENTY_INBOX: database.url } })).toMatchObject({
        code: 2,
        error: expect.stringContaining('There is no inbox in the schema pgboss'),
      });
      const rows = await query(
        database.url,
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'",
      );
      expect(rows).toEqual([]);
      await database.drop();
    },
    timeout,
  );
});

describeWith(await findRedis(), 'failed on Redis', (server) => {
  afterAll(() => server.close());

  it(
    'list, show, retry and purge',
    async () => {
      const prefix = `test-${randomUUID()}`;
      const settings = { connection: server.url, prefix, queue: 'deals', logger };
      await leaveDeadJobs(redisInbox(settings), events);
      const options = ['--prefix', prefix, '--queue', 'deals'];
      await expectWholeFlow(server.url, options, async () => redisInbox(settings));
      expect(
        await runCli(['failed', 'list', '--prefix', `${prefix}-other`], { env: { TWENTY_INBOX: server.url } }),
      ).toMatchObject({
        code: 0,
        out: expect.stringContaining('are --prefix and --queue those of the app?'),
      });
    },
    timeout,
  );
});

describe('servers that are not there', () => {
  it.each(['postgres', 'redis'])('%s: 3, and no password', async (scheme) => {
    const inbox = `${scheme}://user:canary-pass@127.0.0.1:1/0`;
    const { code, out, error } = await runCli(['failed', 'list', '--inbox', inbox, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'INBOX_UNAVAILABLE' } });
    expect(error).toMatch(/Warning: a password on the command line/);
    expect(error).toContain(`${scheme}://user:••••••••@127.0.0.1:1/0 cannot be reached`);
    expect(out + error).not.toContain('canary');
  });
});
