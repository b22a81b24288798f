import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { createDatabase, describeWith, findPostgres, measureUsableMs } from '@twenty-webhooks/services';
import { describeIdempotencyStore, idempotencyStoreCases } from '@twenty-webhooks/testing';
import { Client, type Pool } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate, postgresStore, type SqlClient, sql } from './index.ts';

// No test waits for its start.
const pglite = await PGlite.create();
afterAll(() => pglite.close());

describeIdempotencyStore('postgresStore on PGlite', () => ({ store: postgresStore({ client: pglite }) }), {
  describe,
  it,
});

describeWith(await findPostgres(), 'postgresStore on a Postgres server', ({ url, close }) => {
  const database = createDatabase(url);
  afterAll(async () => {
    await (await database).drop();
    await close();
  });

  const openStore = async () => postgresStore({ connectionString: (await database).url });

  describeIdempotencyStore(
    'postgresStore',
    async () => {
      const store = await openStore();
      return { store, close: () => store.close() };
    },
    { describe, it },
  );

  it('makes its table also if many start at once', async () => {
    const fresh = await createDatabase(url);
    const stores = Array.from({ length: 8 }, () => postgresStore({ connectionString: fresh.url }));
    const claims = await Promise.all(stores.map((store) => store.claim('k', 9_000)));
    expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(1);
    await Promise.all(stores.map((store) => store.close()));
    await fresh.drop();
  });

  it('forgets what ran out: the table does not grow for ever', async () => {
    const store = await openStore();
    const client = new Client({ connectionString: (await database).url });
    await client.connect();
    for (let index = 0; index < 60; index++) await store.claim(randomUUID(), 1);
    await sleep(20);
    for (let index = 0; index < 40; index++) await store.claim(randomUUID(), 60_000);
    const { rows } = await client.query('SELECT count(*)::int AS count FROM twenty_webhooks.claim WHERE until < now()');
    expect(rows[0].count).toBeLessThan(20);
    await client.end();
    await store.close();
  });

  it('needs no more rights than to use its table, once it is there', async () => {
    const fresh = await createDatabase(url);
    const owner = new Client({ connectionString: fresh.url });
    await owner.connect();
    const role = `tw_role_${randomUUID().slice(0, 8)}`;
    await owner.query(`CREATE ROLE ${role} LOGIN`);
    try {
      const asRole = new URL(fresh.url);
      asRole.username = role;
      const store = postgresStore({ connectionString: asRole.href });
      await expect(store.claim('k', 1_000)).rejects.toMatchObject({
        code: 'INBOX_INVALID',
        message: expect.stringMatching(/lacks a right.*`sql` of this package/),
      });
      await owner.query(sql);
      // Run by hand once more, and by `migrate`, it changes nothing.
      await owner.query(sql);
      await migrate(owner);
      await owner.query(`GRANT USAGE ON SCHEMA twenty_webhooks TO ${role}`);
      await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA twenty_webhooks TO ${role}`);
      expect(await store.claim('k', 1_000)).toMatchObject({ state: 'claimed' });
      await store.close();
    } finally {
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await owner.end();
      await fresh.drop();
    }
  });

  it.each([
    ['a wrong address', (right: URL) => Object.assign(right, { port: '1' }), 'INBOX_UNAVAILABLE', /ECONNREFUSED/],
    [
      'a wrong database',
      (right: URL) => Object.assign(right, { pathname: '/none' }),
      'INBOX_INVALID',
      /does not exist/,
    ],
    [
      'a wrong user',
      (right: URL) => Object.assign(right, { username: 'nobody-of-us' }),
      'INBOX_INVALID',
      /user or the password/,
    ],
  ])('%s: says so, in time, without the connection string', async (_what, wrong, code, message) => {
    const wrongUrl = wrong(new URL((await database).url));
    wrongUrl.password = 'canary-password';
    const store = postgresStore({ connectionString: wrongUrl.href });
    const usableMs = measureUsableMs();
    const failure = await store.claim('k', 1_000).catch((cause: unknown) => cause);
    const tookMs = usableMs();
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('canary-password');
    expect(tookMs).toBeLessThan(2_000);
    await store.close();
  });
});

describe('the suite has teeth', () => {
  // On the database of the cases above: to make one takes seconds of a processor, and each case has a key of its own.
  const failing = async (wrong: (client: SqlClient) => SqlClient, names = /./): Promise<string[]> => {
    const failed: string[] = [];
    const cases = idempotencyStoreCases(() => ({ store: postgresStore({ client: wrong(pglite) }) }));
    for (const { name, run } of cases.filter(({ name }) => names.test(name))) {
      await run().catch(() => failed.push(name));
    }
    return failed;
  };

  /** The same store with other SQL. */
  const rewritten =
    (pattern: RegExp, replacement: string) =>
    (client: SqlClient): SqlClient => ({
      query: (text, values) => client.query(text.replace(pattern, replacement), values),
    });

  it.each([
    ['settles without the token', rewritten(/AND token = \$2/, 'AND $2::text IS NOT NULL'), /wrong token/],
    ['settles what is settled', rewritten(/AND NOT is_done/, ''), /settled claim/],
    ['takes what is held', rewritten(/WHERE held\.until <= clock_timestamp\(\)/, ''), /50 concurrent claims/],
    ['never takes what ran out', rewritten(/WHERE held\.until <= clock_timestamp\(\)/, 'WHERE false'), /lease ran out/],
    ['does not extend', rewritten(/SET until = clock_timestamp\(\) \+ \$3/, 'SET until = until + 0 * $3'), /extend/],
  ])('against one that %s', async (_what, wrong, expected) => {
    expect((await failing(wrong, expected)).join('\n')).toMatch(expected);
  });

  it('and none against the right one', async () => {
    expect(await failing((client) => client)).toEqual([]);
  });
});

it.each([
  ['nothing', {}],
  ['both', { connectionString: 'postgres://localhost', client: pglite }],
  ['a client that is none', { client: {} as Pool }],
  ['an empty connection string', { connectionString: '' }],
])('%s is refused', (_what, options) => {
  expect(() => postgresStore(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});
