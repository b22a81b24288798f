import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver } from '@twenty-webhooks/core';
import { createDatabase, describeWith, findPostgresFolder, startPostgres } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { getConstructionPlans } from 'pg-boss';
import { afterAll, expect, test, vi } from 'vitest';
import { type PostgresInbox, postgresInbox, sql } from '../src/index.ts';

// Set-ups that cannot work, on a server of our own that asks for passwords: one line each that says what to do.

const secret = 'start-secret';

vi.setConfig({ testTimeout: 60_000 });

describeWith(findPostgresFolder(), 'postgresInbox at its start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-hba-'));
  const hba = join(folder, 'pg_hba.conf');
  writeFileSync(hba, 'local all all trust\nhost all locked all scram-sha-256\nhost all all all trust\n', {
    mode: 0o644,
  });
  // It runs as somebody else.
  const starting = import('node:fs/promises')
    .then((fs) => fs.chmod(folder, 0o755))
    .then(() => startPostgres({ settings: { hba_file: hba } }));
  afterAll(async () => {
    await (await starting).close();
    rmSync(folder, { recursive: true });
  });

  const asAdmin = async (url: string, ...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const lines: string[] = [];
  const logger = {
    warn: (...line: unknown[]) => void lines.push(line.join(' ')),
    error: (...line: unknown[]) => void lines.push(line.join(' ')),
  };
  async function open(change: (url: URL) => unknown): Promise<PostgresInbox> {
    const url = new URL((await starting).url);
    change(url);
    lines.length = 0;
    return postgresInbox({ connectionString: url.href, logger });
  }

  test.each([
    [
      'a wrong address',
      'INBOX_UNAVAILABLE',
      /cannot be reached.*ECONNREFUSED/,
      (url: URL) => Object.assign(url, { port: '1' }),
    ],
    [
      'a database that is not there',
      'INBOX_INVALID',
      /create it, or correct the name.*"none"/,
      (url: URL) => Object.assign(url, { pathname: '/none' }),
    ],
    [
      'a user that is not there',
      'INBOX_INVALID',
      /the user or the password; check those/,
      (url: URL) => Object.assign(url, { username: 'nobody' }),
    ],
    [
      'a wrong password',
      'INBOX_INVALID',
      /the user or the password; check those/,
      (url: URL) => Object.assign(url, { username: 'locked', password: 'canary-password' }),
    ],
    [
      'a user that may make nothing',
      'INBOX_INVALID',
      /lacks a right.*CREATE on the database/,
      (url: URL) => Object.assign(url, { username: 'guest' }),
    ],
  ])('%s: one line, and an error, that say what to do', async (_what, code, message, change) => {
    const { url } = await starting;
    for (const role of ['locked', 'guest']) {
      await asAdmin(url, `DROP ROLE IF EXISTS ${role}`, `CREATE ROLE ${role} LOGIN PASSWORD 'right'`);
    }
    const inbox = await open(change);
    const failure = await inbox.ready().catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    // It tries again, but says it once.
    await vi.waitFor(
      async () => expect(await inbox.ready().catch((cause: unknown) => cause)).not.toBe(failure),
      10_000,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
    expect(JSON.stringify([lines, failure, Object(failure).cause])).not.toContain('canary-password');
    const receiver = createReceiver({ secret, inbox, work: false, on: { '*': () => {} }, logger });
    const outcome = await receiver.receive({
      method: 'POST',
      url: '/',
      ...signDelivery(sampleEvent('person.created'), { secret }),
    });
    expect(outcome).toMatchObject({ status: 'failed', code: 'INBOX_UNAVAILABLE' });
    expect(Object(outcome).cause.message).toMatch(message);
    await receiver.close();
  });

  test('a database in which not every event can be stored is refused', async () => {
    const { url } = await starting;
    await asAdmin(url, "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    const inbox = await open((right) => Object.assign(right, { pathname: '/latin' }));
    await expect(inbox.ready()).rejects.toMatchObject({
      code: 'INBOX_INVALID',
      message: expect.stringMatching(/UTF8/),
    });
    await inbox.close();
  });

  test.each(['fsync', 'synchronous_commit'])('%s off: one warning that says what can be lost', async (setting) => {
    const postgres = setting === 'fsync' ? await startPostgres({ settings: { fsync: 'off' } }) : await starting;
    if (setting !== 'fsync') await asAdmin(postgres.url, 'ALTER ROLE postgres SET synchronous_commit = off');
    lines.length = 0;
    const inbox = postgresInbox({ connectionString: postgres.url, logger });
    await inbox.ready();
    expect(lines).toEqual([expect.stringMatching(`${setting} is off .*loses events that were answered with 200`)]);
    await inbox.close();
    if (setting === 'fsync') await postgres.close();
    else await asAdmin(postgres.url, 'ALTER ROLE postgres RESET synchronous_commit');
  });

  test('a role that may make nothing can use what an owner has made with the SQL of both', async () => {
    const { url } = await starting;
    const own = await createDatabase(url);
    await asAdmin(own.url, getConstructionPlans(), sql, 'DROP ROLE IF EXISTS small', 'CREATE ROLE small LOGIN');
    const asSmall = new URL(own.url);
    asSmall.username = 'small';
    lines.length = 0;
    const refused = postgresInbox({ connectionString: asSmall.href, logger });
    await expect(refused.ready()).rejects.toMatchObject({
      code: 'INBOX_INVALID',
      message: expect.stringMatching(/grant it USAGE on both schemas/),
    });
    await refused.close();
    for (const schema of ['pgboss', 'twenty_webhooks']) {
      await asAdmin(
        own.url,
        `GRANT USAGE ON SCHEMA ${schema} TO small`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO small`,
      );
    }
    const inbox = postgresInbox({ connectionString: asSmall.href, logger });
    await inbox.ready();
    expect(lines).toHaveLength(1);
    const receiver = createReceiver({ secret, inbox, on: { '*': () => {} }, logger });
    await receiver.receive({ method: 'POST', url: '/', ...signDelivery(sampleEvent('person.created'), { secret }) });
    await vi.waitFor(async () => expect((await inbox.inspection.counts()).done).toBe(1), 10_000);
    await receiver.close();
    await asAdmin(own.url, 'DROP OWNED BY small', 'DROP ROLE small');
    await own.drop();
  });
});
