import { type Logger, WebhookError } from '@twenty-webhooks/core';
import type { Db } from 'pg-boss';

/**
 * Look once whether the server keeps what it is given.
 *
 * @throws INBOX_INVALID for a database that cannot hold every text
 */
export async function checkServer(db: Db, logger: Logger): Promise<void> {
  const { rows } = await db.executeSql(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit`,
  );
  const { encoding, fsync, synchronous_commit } = rows[0] as Readonly<Record<string, string>>;
  if (encoding !== 'UTF8') {
    throw new WebhookError(
      'INBOX_INVALID',
      `The encoding of the database is ${encoding}, in which not every event can be stored. Use one that was made with ENCODING 'UTF8'`,
    );
  }
  const off = fsync === 'off' ? 'fsync' : synchronous_commit === 'off' ? 'synchronous_commit' : undefined;
  if (off === undefined) return;
  logger.warn(
    `[twenty-webhooks] ${off} is off in this Postgres: a crash of the server loses events that were answered with 200. Set it to on, at least for this role: ALTER ROLE … SET synchronous_commit = on`,
  );
}
