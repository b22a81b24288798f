import { userInfo } from 'node:os';
import { Client } from 'pg';
import { findPostgresFolder } from './find-binary.ts';
import type { FindServiceOptions, FoundService } from './found-service.ts';
import { startPostgres } from './start-postgres.ts';

/**
 * Find a Postgres in which databases can be created: that of `DATABASE_URL`, else that of this machine if it lets us in without a
 * password, else a new one if its programs are installed; else `undefined`.
 *
 * @throws Error if `DATABASE_URL` is set and cannot be used: a measurement must not take another one instead
 */
export async function findPostgres({ port = 5432 }: FindServiceOptions = {}): Promise<FoundService | undefined> {
  const { DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    const problem = await tryUrl(given);
    if (problem === undefined) return { url: given, origin: 'environment', close: async () => {} };
    throw new Error(
      `DATABASE_URL is set, but that Postgres cannot be used: ${problem}. Start it, or unset the variable`,
    );
  }
  for (const user of new Set([userInfo().username, 'postgres'])) {
    for (const database of ['postgres', 'test']) {
      const url = `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/${database}`;
      if ((await tryUrl(url)) === undefined) return { url, origin: 'machine', close: async () => {} };
    }
  }
  if (findPostgresFolder() === undefined) return undefined;
  const { url, close } = await startPostgres();
  return { url, origin: 'started', close };
}

/** What is in the way of using it. */
async function tryUrl(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean }>(
      'select rolsuper or rolcreatedb as may from pg_roles where rolname = current_user',
    );
    return rows[0]?.may === true ? undefined : 'its user may not create databases';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'it does not answer';
  } finally {
    await client.end().catch(() => {});
  }
}

/** For a server that is there on a busy machine; one that is not refuses at once. */
const patienceMs = 10_000;
