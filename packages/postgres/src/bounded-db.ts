import { WebhookError, within } from '@twenty-webhooks/core';
import type pg from 'pg';
import type { Db } from 'pg-boss';

/**
 * A database that answers within this, or is given up together with the connection. Not with the time limits of `pg`: they
 * count time in which the event loop was blocked, and end what is answered already.
 */
export function boundedDb(pool: pg.Pool, timeoutMs: number): Db {
  return {
    async executeSql(text, values) {
      const deadlineMs = performance.now() + timeoutMs;
      const connecting = pool.connect();
      const connected = await within(timeoutMs, connecting);
      if (connected === undefined) {
        connecting.then((client) => client.release(), ignore);
        throw tooLate();
      }
      const client = connected.value;
      try {
        const result = await within(Math.max(100, deadlineMs - performance.now()), client.query(text, values));
        if (result === undefined) throw tooLate();
        client.release();
        return result.value;
      } catch (cause) {
        client.release(true);
        throw cause;
      }
    },
  };
}

export const tooLate = (): WebhookError =>
  new WebhookError('INBOX_UNAVAILABLE', 'Postgres did not answer in time: is it overloaded, frozen, or cut off?');

const ignore = (): void => {};
