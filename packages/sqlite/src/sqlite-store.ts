import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClaimResult, type IdempotencyStore, WebhookError } from '@twenty-webhooks/core';
import { openDatabase } from './open-database.ts';
import { isBusy } from './sqlite-errors.ts';

/** How long a `sqliteStore` remembers, and by which clock. */
export interface SqliteStoreOptions {
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface SqliteStore extends IdempotencyStore {
  /** Close the file, after the receiver. */
  close(): void;
}

/**
 * An idempotency store in a SQLite file, for handlers that run inside the request: what it remembers survives the end of the
 * process, and processes of one machine share it. It may be the file of an inbox.
 *
 * @throws INBOX_INVALID for a file that cannot be used, OPTION_INVALID
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): SqliteStore {
  // A clock of `performance` has fractions; columns of whole numbers have not.
  const now = (): number => Math.round((options.now ?? Date.now)());
  const { sqlite } = openDatabase(path);
  const take = sqlite.prepare(
    `INSERT INTO claim (key, token, until, is_done) VALUES (?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET token = excluded.token, until = excluded.until, is_done = 0 WHERE until <= ?`,
  );
  const read = sqlite.prepare('SELECT is_done FROM claim WHERE key = ?');
  const isHeld = 'WHERE key = ? AND token = ? AND is_done = 0';
  const extend = sqlite.prepare(`UPDATE claim SET until = ? ${isHeld}`);
  const complete = sqlite.prepare(`UPDATE claim SET until = ?, is_done = 1 ${isHeld}`);
  const release = sqlite.prepare(`DELETE FROM claim ${isHeld}`);
  const forget = sqlite.prepare('DELETE FROM claim WHERE key IN (SELECT key FROM claim WHERE until <= ? LIMIT 20)');

  let claims = 0;

  return {
    claim: (key, leaseMs) =>
      patiently((): ClaimResult => {
        const nowMs = now();
        const token = randomUUID();
        if (Number(take.run(key, token, nowMs + Math.round(leaseMs), nowMs).changes) > 0) {
          // More than comes in goes out, so that the file does not grow for ever.
          if (++claims % 10 === 0) forget.run(nowMs);
          return { state: 'claimed', token };
        }
        const row = read.get(key) as { readonly is_done: number } | undefined;
        return { state: row?.is_done === 1 ? 'done' : 'busy' };
      }),
    extend: (key, token, leaseMs) => patiently(() => extend.run(now() + Math.round(leaseMs), key, token).changes > 0),
    complete: (key, token, ttlMs) => patiently(() => complete.run(now() + Math.round(ttlMs), key, token).changes > 0),
    release: (key, token) => patiently(() => release.run(key, token).changes > 0),
    close: () => sqlite.close(),
  };
}

/** While another process writes, wait without blocking this one, and not for ever. */
async function patiently<T>(action: () => T): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return action();
    } catch (cause) {
      if (!isBusy(cause)) throw cause;
      if (performance.now() > giveUpAtMs) {
        throw new WebhookError('INBOX_UNAVAILABLE', 'Another process keeps the file locked', { cause });
      }
      await sleep(1 + Math.random() * 20);
    }
  }
}

const patienceMs = 2_000;
