import { DatabaseSync } from 'node:sqlite';
import { PGlite } from '@electric-sql/pglite';
import { postgresInbox } from '@twenty-webhooks/postgres';
import { Pool } from 'pg';
import { fromPglite, PgBoss } from 'pg-boss';
import { env } from '../src/env.ts';

const { databaseUrl: connectionString, folder } = env;

// Without Postgres: PGlite in a folder. Two processes there destroy it; a lock of SQLite ends with its process, however that ends.
const lock = connectionString ? undefined : new DatabaseSync(`${folder}.lock`, { timeout: 2_000 });
lock?.exec('BEGIN EXCLUSIVE');
const pglite = lock && new PGlite(folder);
const often = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 };
const boss = pglite && new PgBoss({ db: fromPglite(pglite), backend: 'pglite', ...often });
const pool = new Pool({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
pool.on('error', () => {}); // An idle connection broke; whoever needs one hears of it.

export const inbox = postgresInbox(boss ? { boss } : { connectionString });
export const query = async (sql: string, values: unknown[] = []): Promise<unknown[]> =>
  (pglite ? await pglite.query(sql, values) : await pool.query(sql, values)).rows;
export async function closeDatabase(): Promise<void> {
  await Promise.all([pool.end(), boss?.stop({ graceful: false })]);
  await pglite?.close().then(() => lock?.close());
}
