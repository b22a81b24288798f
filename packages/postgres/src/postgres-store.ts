import { randomUUID } from 'node:crypto';
import {
  type ClaimResult,
  checkOptions,
  hasFunctions,
  type IdempotencyStore,
  isText,
  type OptionCheck,
  WebhookError,
} from '@twenty-webhooks/core';
import pg from 'pg';
import { explain } from './postgres-errors.ts';
import { migrate, type SqlClient } from './schema.ts';

/** Either `connectionString` or `client`. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly connectionString?: string | undefined;
  /** A pool of `pg` (give it time limits: Twenty waits 5 seconds), or a PGlite. Whoever made it closes it. */
  readonly client?: SqlClient | undefined;
}

export interface PostgresStore extends IdempotencyStore {
  /** Close the connections, after the receiver. */
  close(): Promise<void>;
}

/**
 * An idempotency store in a Postgres database, for handlers that run inside the request: any number of machines share it. Its
 * table is made at the first use if the role may do that, else by `sql` or `migrate()`. Time is that of the server.
 *
 * @throws OPTION_INVALID
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  checkOptions(options, checks, ' of postgresStore');
  const { connectionString, client: given } = options;
  if ((connectionString === undefined) === (given === undefined)) {
    throw new WebhookError('OPTION_INVALID', 'postgresStore needs either "connectionString" or "client"');
  }
  const pool = given === undefined ? new pg.Pool({ connectionString, ...timeLimits }) : undefined;
  // Of a connection that waits for use; it is made again when one is needed.
  pool?.on('error', () => {});
  const client: SqlClient = given ?? (pool as SqlClient);

  let migrated: Promise<void> | undefined;
  let claims = 0;

  async function run(text: string, values: unknown[]): Promise<readonly unknown[]> {
    try {
      migrated ??= migrate(client);
      await migrated.catch((cause: unknown) => {
        migrated = undefined;
        throw cause;
      });
      return (await client.query(text, values)).rows;
    } catch (cause) {
      throw explain(cause);
    }
  }

  const settle = async (statement: string, values: unknown[]): Promise<boolean> =>
    (await run(`${statement} WHERE key = $1 AND token = $2 AND NOT is_done RETURNING key`, values)).length > 0;

  return {
    async claim(key, leaseMs): Promise<ClaimResult> {
      const token = randomUUID();
      // More than comes in goes out, so that the table does not grow for ever.
      if (++claims % 10 === 0) await run(forget, []);
      for (;;) {
        if ((await run(take, [key, token, leaseMs])).length > 0) return { state: 'claimed', token };
        const [row] = (await run('SELECT is_done FROM twenty_webhooks.claim WHERE key = $1', [key])) as Row[];
        // It was given back meanwhile.
        if (row !== undefined) return { state: row.is_done ? 'done' : 'busy' };
      }
    },
    extend: (key, token, leaseMs) => settle(`UPDATE twenty_webhooks.claim SET until = ${inMs}`, [key, token, leaseMs]),
    complete: (key, token, ttlMs) =>
      settle(`UPDATE twenty_webhooks.claim SET until = ${inMs}, is_done = true`, [key, token, ttlMs]),
    release: (key, token) => settle('DELETE FROM twenty_webhooks.claim', [key, token]),
    async close() {
      await pool?.end();
    },
  };
}

interface Row {
  readonly is_done: boolean;
}

const inMs = "clock_timestamp() + $3 * interval '1 millisecond'";
/** One statement: of those that come at the same time the first one has the row. */
const take = `
  INSERT INTO twenty_webhooks.claim AS held (key, token, until, is_done) VALUES ($1, $2, ${inMs}, false)
  ON CONFLICT (key) DO UPDATE SET token = excluded.token, until = excluded.until, is_done = false
  WHERE held.until <= clock_timestamp()
  RETURNING key`;
const forget = `
  DELETE FROM twenty_webhooks.claim WHERE key IN (
    SELECT key FROM twenty_webhooks.claim WHERE until <= clock_timestamp() LIMIT 20 FOR UPDATE SKIP LOCKED)`;

/** An answer has to go out before Twenty hangs up. */
const timeLimits = { max: 4, connectionTimeoutMillis: 1_500, query_timeout: 1_500, keepAlive: true };

const checks: { readonly [Name in keyof PostgresStoreOptions]-?: OptionCheck } = {
  connectionString: [isText, 'a text'],
  client: [hasFunctions('query'), 'an object with query'],
};
