import { type FSWatcher, watch } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { type ClaimedRow, type InboxEntry, type JobTable, type Settlement, WebhookError } from '@twenty-webhooks/core';
import { type DeliveryRow, toDelivery } from './delivery-row.ts';
import { createChanges } from './job-changes.ts';
import { createQueries } from './job-queries.ts';
import type { Database } from './open-database.ts';
import { isBusy } from './sqlite-errors.ts';

/** Jobs of one record and one handler. */
interface Lane {
  readonly record_id: string | null;
  readonly handler: string;
  readonly object: string | null;
  readonly workspace_id: string;
}

interface Candidate extends Lane {
  readonly id: number;
  readonly key: string;
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

  const isKnown = prepare('SELECT 1 FROM job WHERE key = ?');
  const insertDelivery = prepare(
    'INSERT INTO delivery (event, event_id, received_at, scheme, secret_index, signed_at, nonce, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertJob = prepare(
    `INSERT INTO job (key, handler, workspace_id, object, record_id, changed_at, delivery_id, state, attempt, due_at, stored_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)`,
  );

  const isLane = 'record_id = ? AND handler = ? AND object = ? AND workspace_id = ?';
  const laneValues = ({ record_id, handler, object, workspace_id }: Lane) =>
    [record_id, handler, object, workspace_id] as const;
  const due = prepare(
    `SELECT id, key, handler, workspace_id, object, record_id, changed_at, delivery_id, attempt
     FROM job WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
  );
  const runs = prepare(`SELECT 1 FROM job WHERE state = 'running' AND ${isLane} LIMIT 1`);
  const block = prepare("UPDATE job SET state = 'blocked' WHERE id = ?");
  const unblockNext = prepare(
    `UPDATE job SET state = 'waiting'
     WHERE id = (SELECT id FROM job WHERE state = 'blocked' AND ${isLane} ORDER BY due_at, id LIMIT 1)`,
  );
  const anyBlocked = prepare("SELECT 1 FROM job WHERE state = 'blocked' LIMIT 1");
  // Whatever becomes of a job that ran: the next one of its lane can be looked at.
  const unblock = (lane: Lane): void => {
    if (lane.record_id !== null) unblockNext.run(...laneValues(lane));
  };
  const run = prepare("UPDATE job SET state = 'running', attempt = ?, worker = ?, started_at = ? WHERE id = ?");
  const newerHandled = prepare(
    `SELECT 1 FROM job WHERE state IN ('done', 'purged') AND changed_at IS NOT NULL
     AND ${isLane} AND changed_at > ? LIMIT 1`,
  );
  const readDelivery = prepare(
    'SELECT received_at, scheme, secret_index, signed_at, nonce, body FROM delivery WHERE id = ?',
  );

  const isHeld = "WHERE id = ? AND state = 'running' AND worker = ? AND attempt = ?";
  const finish = prepare(
    `UPDATE job SET state = ?, finished_at = ?, error = coalesce(?, error), worker = NULL ${isHeld}
     RETURNING record_id, handler, object, workspace_id`,
  );
  const putBack = prepare(
    `UPDATE job SET state = 'waiting', due_at = coalesce(?, due_at), attempt = ?, error = coalesce(?, error), worker = NULL
     ${isHeld} RETURNING record_id, handler, object, workspace_id`,
  );

  const extendLease = prepare('UPDATE worker SET lease_until = ? WHERE id = ?');
  const takeLease = prepare(
    'INSERT INTO worker (lease_until, id) VALUES (?, ?) ON CONFLICT DO UPDATE SET lease_until = excluded.lease_until',
  );
  const expired = prepare('SELECT id FROM worker WHERE lease_until <= ? AND id <> ?');
  const takeJobs = prepare(
    `UPDATE job SET state = 'waiting', worker = NULL WHERE state = 'running' AND worker = ?
     RETURNING record_id, handler, object, workspace_id`,
  );
  const dropWorker = prepare('DELETE FROM worker WHERE id = ?');
  const earliest = prepare("SELECT due_at FROM job WHERE state = 'waiting' ORDER BY due_at LIMIT 1");

  let isSyncing = false;
  /** What the current transaction has inserted, by the id of the delivery: it need not be read again. */
  const fresh = new Map<number, InboxEntry>();

  const claimRow = (job: Candidate, workerId: string, nowMs: number): ClaimedRow => {
    const { id, key, handler, record_id, changed_at } = job;
    const attempt = job.attempt + 1;
    run.run(attempt, workerId, nowMs, id);
    const isStale =
      record_id !== null && changed_at !== null && newerHandled.get(...laneValues(job), changed_at) !== undefined;
    const entry = fresh.get(job.delivery_id);
    if (entry !== undefined) {
      // For one job only: a handler that changes its event changes it for nobody else.
      fresh.delete(job.delivery_id);
      const { body, delivery, parsed } = entry;
      return { id, key, handler, attempt, isStale, body, delivery, parsed };
    }
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
        }
        if (isBusy(cause)) return undefined;
        throw cause;
      } finally {
        fresh.clear();
      }
    },

    insert(entry: InboxEntry, nowMs) {
      const { body, delivery, headers, event, jobs } = entry;
      const stored = new Set<string>();
      let deliveryId: number | undefined;
      for (const { key, handler } of jobs) {
        if (isKnown.get(key) !== undefined) continue;
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
        fresh.set(deliveryId, entry);
        const { object = null, id = null, changedAtMs = null } = event.record ?? {};
        insertJob.run(key, handler, event.workspaceId, object, id, changedAtMs ?? null, deliveryId, nowMs, nowMs);
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
          if (job.record_id !== null && runs.get(...laneValues(job)) !== undefined) {
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
      let lane: Lane | undefined;
      if (end.state === 'done' || end.state === 'dead') {
        lane = finish.get(end.state, nowMs, error, ...held) as unknown as Lane | undefined;
      } else {
        const isRetry = end.state === 'retry';
        const dueAtMs = isRetry ? nowMs + Math.round(end.delayMs) : null;
        lane = putBack.get(dueAtMs, isRetry ? attempt : attempt - 1, error, ...held) as unknown as Lane | undefined;
      }
      if (lane === undefined) return false;
      unblock(lane);
      return true;
    },

    renew(workerId, isNew, leaseUntilMs) {
      return Number((isNew ? takeLease : extendLease).run(leaseUntilMs, workerId).changes) > 0;
    },

    recover(workerId, nowMs) {
      for (const { id } of expired.all(nowMs, workerId) as unknown as { id: string }[]) {
        for (const lane of takeJobs.all(id) as unknown as Lane[]) unblock(lane);
        dropWorker.run(id);
      }
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
const maxBlocked = 200;
