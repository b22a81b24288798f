import { type FSWatcher, watch } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import {
  type ClaimedRow,
  type InboxEntry,
  type JobTable,
  laneOf,
  type Settlement,
  WebhookError,
} from '@twenty-webhooks/core';
import { type DeliveryRow, toDelivery } from './delivery-row.ts';
import { digest } from './digest.ts';
import { createFreshEntries } from './fresh-entries.ts';
import { createChanges } from './job-changes.ts';
import { createQueries } from './job-queries.ts';
import type { Database } from './open-database.ts';
import { isBusy } from './sqlite-errors.ts';

interface Candidate {
  readonly id: number;
  readonly key: string;
  readonly handler: string;
  readonly lane: Uint8Array | null;
  readonly changed_at: number | null;
  readonly delivery_id: number;
  readonly attempt: number;
}

/** A table of jobs in a SQLite file. */
export function createSqliteJobs({ sqlite, path, isInPlace }: Database): JobTable {
  const prepare = (sql: string): StatementSync => sqlite.prepare(sql);
  const begin = prepare('BEGIN IMMEDIATE');
  const commit = prepare('COMMIT');
  const rollback = prepare('ROLLBACK');

  const isKnown = prepare('SELECT 1 FROM job WHERE key_digest = ?');
  const insertDelivery = prepare(
    'INSERT INTO delivery (event, event_id, received_at, scheme, secret_index, signed_at, nonce, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertJob = prepare(
    `INSERT INTO job (key, key_digest, handler, workspace_id, object, record_id, changed_at, lane, delivery_id, state, attempt, due_at, stored_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)`,
  );

  const due = prepare(
    `SELECT id, key, handler, lane, changed_at, delivery_id, attempt FROM job
      WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
  );
  const runs = prepare("SELECT 1 FROM job WHERE state = 'running' AND lane = ? LIMIT 1");
  const block = prepare("UPDATE job SET state = 'blocked' WHERE id = ?");
  const unblockNext = prepare(
    `UPDATE job SET state = 'waiting'
     WHERE id = (SELECT id FROM job WHERE state = 'blocked' AND lane = ? ORDER BY due_at, id LIMIT 1)`,
  );
  const anyBlocked = prepare("SELECT 1 FROM job WHERE state = 'blocked' LIMIT 1");
  // Whatever becomes of a job that ran: the next one of its lane can be looked at.
  const unblock = ({ lane }: Pick<Candidate, 'lane'>): void => {
    if (lane !== null) unblockNext.run(lane);
  };
  const run = prepare("UPDATE job SET state = 'running', attempt = ?, worker = ?, started_at = ? WHERE id = ?");
  const newerHandled = prepare(
    `SELECT 1 FROM job WHERE state IN ('done', 'purged') AND changed_at IS NOT NULL
     AND lane = ? AND changed_at > ? LIMIT 1`,
  );
  const readDelivery = prepare(
    'SELECT received_at, scheme, secret_index, signed_at, nonce, body FROM delivery WHERE id = ?',
  );

  const isHeld = "WHERE id = ? AND state = 'running' AND worker = ? AND attempt = ?";
  const finish = prepare(
    `UPDATE job SET state = ?, finished_at = ?, error = coalesce(?, error), worker = NULL ${isHeld}
     RETURNING lane`,
  );
  const putBack = prepare(
    `UPDATE job SET state = 'waiting', due_at = coalesce(?, due_at), attempt = ?, error = coalesce(?, error), worker = NULL
     ${isHeld} RETURNING lane`,
  );

  const extendLease = prepare('UPDATE worker SET lease_until = ? WHERE id = ?');
  const takeLease = prepare(
    'INSERT INTO worker (lease_until, id) VALUES (?, ?) ON CONFLICT DO UPDATE SET lease_until = excluded.lease_until',
  );
  const expired = prepare('SELECT id FROM worker WHERE lease_until <= ? AND id <> ?');
  const dropExpired = prepare('DELETE FROM worker WHERE lease_until <= ? AND id <> ?');
  const takeJobs = prepare(
    `UPDATE job SET state = 'waiting', worker = NULL
     WHERE state = 'running' AND worker <> ? AND worker NOT IN (SELECT id FROM worker) RETURNING lane`,
  );
  const earliest = prepare("SELECT due_at FROM job WHERE state = 'waiting' ORDER BY due_at LIMIT 1");

  let isSyncing = false;
  const fresh = createFreshEntries();

  const claimRow = (job: Candidate, workerId: string, nowMs: number): ClaimedRow => {
    const { id, key, handler, lane, changed_at } = job;
    const attempt = job.attempt + 1;
    run.run(attempt, workerId, nowMs, id);
    const isStale = lane !== null && changed_at !== null && newerHandled.get(lane, changed_at) !== undefined;
    const entry = fresh.take(key);
    if (entry !== undefined) return { id, key, handler, attempt, isStale, ...entry };
    const row = readDelivery.get(job.delivery_id) as unknown as DeliveryRow & { body: Uint8Array };
    return { id, key, handler, attempt, isStale, body: row.body, delivery: toDelivery(row) };
  };

  return {
    ...createQueries(sqlite),
    ...createChanges(sqlite),

    transact(isDurable, body) {
      // A file that was moved away still takes all that is written, but nobody would find it after a restart.
      if (isDurable && !isInPlace()) {
        throw new WebhookError(
          'INBOX_UNAVAILABLE',
          `The inbox file ${path} was moved or deleted: put it back or restart`,
        );
      }
      if (isDurable !== isSyncing) {
        sqlite.exec(`PRAGMA synchronous = ${isDurable ? 'FULL' : 'NORMAL'}`);
        isSyncing = isDurable;
      }
      let isOpen = false;
      try {
        begin.run();
        isOpen = true;
        const value = body();
        commit.run();
        return { value };
      } catch (cause) {
        if (isOpen) {
          try {
            rollback.run();
          } catch {
            // SQLite has done so by itself.
          }
          // What it inserted is not there.
          fresh.clear();
        }
        if (isBusy(cause)) return undefined;
        throw cause;
      }
    },

    insert({ body, delivery, headers, event, parsed, jobs }: InboxEntry, nowMs) {
      const stored = new Set<string>();
      let deliveryId: number | undefined;
      for (const { key, handler } of jobs) {
        const keyDigest = digest(key);
        if (isKnown.get(keyDigest) !== undefined) continue;
        deliveryId ??= Number(
          insertDelivery.run(
            event.name,
            event.id,
            Math.round(delivery.receivedAtMs),
            delivery.scheme,
            delivery.secretIndex ?? null,
            delivery.signedAtMs ?? null,
            delivery.nonce ?? null,
            JSON.stringify(headers),
            body,
          ).lastInsertRowid,
        );

        const { workspaceId, record } = event;
        const { object = null, id = null, changedAtMs = null } = record ?? {};
        const lane = laneOf(handler, event);
        insertJob.run(
          key,
          keyDigest,
          handler,
          workspaceId,
          object,
          id,
          changedAtMs,
          lane === undefined ? null : digest(lane),
          deliveryId,
          nowMs,
          nowMs,
        );
        // A handler that changes its event must change it for nobody else.
        fresh.add(key, stored.size === 0 ? { body, delivery, parsed } : { body, delivery: { ...delivery } });
        stored.add(key);
      }
      return stored;
    },

    claim(workerId, limit, nowMs) {
      const rows: ClaimedRow[] = [];
      for (let blocked = 0; rows.length < limit; ) {
        if (blocked > maxBlocked) return { rows, left: 'due' };
        const candidates = due.all(nowMs, limit - rows.length) as unknown as Candidate[];
        if (candidates.length === 0) break;
        for (const job of candidates) {
          if (job.lane !== null && runs.get(job.lane) !== undefined) {
            // Out of the way, so that it is not looked at again and again; the end of the other brings it back.
            block.run(job.id);
            blocked++;
          } else {
            rows.push(claimRow(job, workerId, nowMs));
          }
        }
      }
      return { rows, left: rows.length === limit || anyBlocked.get() !== undefined ? 'waiting' : 'nothing' };
    },

    settle(workerId, { id, attempt, end }: Settlement, nowMs) {
      const error = 'error' in end ? JSON.stringify(end.error) : null;
      const held = [id, workerId, attempt] as const;
      let job: Pick<Candidate, 'lane'> | undefined;
      if (end.state === 'done' || end.state === 'dead') {
        job = finish.get(end.state, nowMs, error, ...held) as typeof job;
      } else {
        const isRetry = end.state === 'retry';
        const dueAtMs = isRetry ? nowMs + Math.round(end.delayMs) : null;
        job = putBack.get(dueAtMs, isRetry ? attempt : attempt - 1, error, ...held) as typeof job;
      }
      if (job === undefined) return false;
      unblock(job);
      return true;
    },

    renew(workerId, isNew, leaseUntilMs) {
      return Number((isNew ? takeLease : extendLease).run(leaseUntilMs, workerId).changes) > 0;
    },

    recover(workerId, nowMs) {
      dropExpired.run(nowMs, workerId);
      for (const job of takeJobs.all(workerId) as unknown as Candidate[]) unblock(job);
    },

    hasExpired: (workerId, nowMs) => expired.get(nowMs, workerId) !== undefined,

    nextDueMs() {
      return (earliest.get() as { due_at: number } | undefined)?.due_at;
    },

    watch(changed) {
      let watcher: FSWatcher;
      try {
        watcher = watch(`${path}-wal`, { persistent: false }, changed);
      } catch {
        // Too many watches, or a file system without: looking once a second remains.
        return () => {};
      }
      watcher.on('error', () => {});
      return () => watcher.close();
    },

    close() {
      sqlite.close();
    },
  };
}

/** What a claim puts out of the way at the most; then others have their turn. */
const maxBlocked = 1_000;
