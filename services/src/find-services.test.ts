import { Client } from 'pg';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase } from './create-database.ts';
import { describeWith } from './describe-with.ts';
import { findPostgresFolder, findProgram } from './find-binary.ts';
import { findPostgres } from './find-postgres.ts';
import { findRedis } from './find-redis.ts';
import { findFreePort } from './free-port.ts';

vi.setConfig({ testTimeout: 60_000 });

afterEach(() => void vi.unstubAllEnvs());

test.each([
  ['DATABASE_URL', 'postgres://user:password', findPostgres],
  ['REDIS_URL', 'redis://:password', findRedis],
])('%s of a server that is down is an error, and no other server is taken', async (name, start, find) => {
  vi.stubEnv(name, `${start}@127.0.0.1:${await findFreePort()}`);
  const error = await find().then(String, String);
  expect(error).toContain(`${name} is set, but`);
  expect(error).not.toContain('password');
});

describeWith(findPostgresFolder(), 'findPostgres without a server', () => {
  test('it starts one, in which databases can be created', async () => {
    vi.stubEnv('DATABASE_URL', undefined);
    const found = await findPostgres({ port: await findFreePort() });
    onTestFinished(() => found?.close());
    expect(found?.origin).toBe('started');
    await (await createDatabase(found?.url ?? '')).drop();
  });
});

describeWith(findProgram('redis-server'), 'findRedis without a server', () => {
  test('it starts one', async () => {
    vi.stubEnv('REDIS_URL', undefined);
    const found = await findRedis({ port: await findFreePort() });
    onTestFinished(() => found?.close());
    expect(found?.origin).toBe('started');
  });
});

describeWith(await findPostgres(), 'findPostgres', (postgres) => {
  test('DATABASE_URL comes first', async () => {
    const { url, drop } = await createDatabase(postgres.url);
    onTestFinished(drop);
    vi.stubEnv('DATABASE_URL', url);
    expect(await findPostgres()).toMatchObject({ url, origin: 'environment' });
  });

  test('a database of its own is empty, and is dropped under those who use it', async () => {
    const [one, other] = await Promise.all([createDatabase(postgres.url), createDatabase(postgres.url)]);
    const client = new Client({ connectionString: one.url });
    client.on('error', () => {});
    await client.connect();
    onTestFinished(() => void client.end().catch(() => {}));
    const tables = 'select count(*)::int as count from pg_class where relnamespace = $1::regnamespace';
    expect((await client.query(tables, ['public'])).rows).toEqual([{ count: 0 }]);
    await client.query('create table mine (id int)');
    await Promise.all([one.drop(), other.drop()]);
    await expect(client.query('select 1')).rejects.toThrow();
    const left = new Client({ connectionString: one.url });
    await expect(left.connect()).rejects.toThrow('does not exist');
  });
});

describeWith(await findRedis(), 'findRedis', (redis) => {
  test('REDIS_URL comes first', async () => {
    const url = `${redis.url}/3`;
    vi.stubEnv('REDIS_URL', url);
    expect(await findRedis()).toMatchObject({ url, origin: 'environment' });
  });
});
