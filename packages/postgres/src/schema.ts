/** What can run SQL: a pool or a client of `pg`, or a PGlite. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
  /** Several statements at once, where `query` cannot. */
  exec?(text: string): Promise<unknown>;
}

/**
 * The tables of this package beside pg-boss's own: `claim` of `postgresStore`, `handled` of `postgresInbox`. It can be run
 * again and again. Nothing in it is secret or has to be kept: a `claim` that is lost lets a redelivery run again.
 */
export const sql: string = `
-- Sent at once it is one transaction. Of processes that start at the same time, one after the other.
SELECT pg_advisory_xact_lock(8020260001);
CREATE SCHEMA IF NOT EXISTS twenty_webhooks;
-- Which handler is handling an event inside of a request, or has handled it.
CREATE TABLE IF NOT EXISTS twenty_webhooks.claim (
  key text PRIMARY KEY,
  token text NOT NULL,
  until timestamptz NOT NULL,
  is_done boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS claim_until ON twenty_webhooks.claim (until);
-- The newest state of a record that a handler of an inbox has handled.
CREATE TABLE IF NOT EXISTS twenty_webhooks.handled (
  queue text NOT NULL,
  lane text NOT NULL,
  changed_at_ms bigint NOT NULL,
  handled_at timestamptz NOT NULL,
  PRIMARY KEY (queue, lane)
);
CREATE INDEX IF NOT EXISTS handled_handled_at ON twenty_webhooks.handled (handled_at);
`.trim();

/**
 * Make the tables of `sql` if they are not there. `postgresInbox` does it by itself; `postgresStore` does, too, at its first
 * use. Call it, or run `sql`, where the role of the app may not create anything.
 */
export async function migrate(client: SqlClient): Promise<void> {
  // Not only for speed: whoever may not create a schema may not even if it exists.
  const { rows } = await client.query(
    "SELECT to_regclass('twenty_webhooks.claim_until') AS claim, to_regclass('twenty_webhooks.handled_handled_at') AS handled",
  );
  const { claim, handled } = rows[0] as { readonly claim: unknown; readonly handled: unknown };
  if (claim !== null && handled !== null) return;
  await (client.exec === undefined ? client.query(sql) : client.exec(sql));
}
