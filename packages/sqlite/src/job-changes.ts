import type { DatabaseSync } from 'node:sqlite';
import type { JobTable } from '@twenty-webhooks/core';
import { digest } from './digest.ts';
import { toCondition } from './job-filter.ts';

interface AgedRow {
  readonly id: number;
  readonly delivery_id: number | null;
  readonly state: string;
  readonly stored_at: number;
}

/** What is done with jobs beside running them. */
export function createChanges(sqlite: DatabaseSync): Pick<JobTable, 'sweep' | 'retry' | 'retryOne' | 'purge'> {
  const oldest = sqlite.prepare('SELECT id, delivery_id, state, stored_at FROM job WHERE id > ? ORDER BY id LIMIT ?');
  const remove = sqlite.prepare('DELETE FROM job WHERE id = ?');
  const removeUnused = sqlite.prepare(
    'DELETE FROM delivery WHERE id = ? AND NOT EXISTS (SELECT 1 FROM job WHERE delivery_id = delivery.id)',
  );
  const empty = sqlite.prepare(
    // What was handled stays known, for `isStale`.
    `UPDATE job SET state = 'purged', delivery_id = NULL, error = NULL, changed_at = iif(state = 'done', changed_at, NULL)
     WHERE id = ?`,
  );
  const revive = `UPDATE job SET due_at = ?, finished_at = NULL,
    attempt = iif(state = 'dead', 0, attempt), state = iif(state = 'dead', 'waiting', state)
    WHERE (state = 'dead' OR state IN ('waiting', 'blocked') AND due_at > ?)`;
  const reviveOne = sqlite.prepare(`${revive} AND key_digest = ?`);
  // Jobs have their ids in the order of time: a sweep goes on where the last one stopped.
  let sweptId = 0;

  return {
    sweep(storedBeforeMs, limit, nowMs) {
      const rows = oldest.all(sweptId, limit) as unknown as AgedRow[];
      for (const { id, delivery_id: deliveryId, state, stored_at: storedAtMs } of rows) {
        if (storedAtMs >= storedBeforeMs && storedAtMs <= nowMs) {
          sweptId = 0;
          return false;
        }
        sweptId = id;
        if (storedAtMs > nowMs) continue;
        if (state !== 'done' && state !== 'purged') continue;
        remove.run(id);
        if (deliveryId !== null) removeUnused.run(deliveryId);
      }
      if (rows.length < limit) sweptId = 0;
      return rows.length === limit;
    },

    retry(filter, { first, last }, nowMs) {
      const { sql, values } = toCondition(filter);
      const reviveSome = sqlite.prepare(`${revive} AND id BETWEEN ? AND ? AND ${sql}`);
      return Number(reviveSome.run(nowMs, nowMs, first, last, ...values).changes);
    },

    retryOne(key, nowMs) {
      return Number(reviveOne.run(nowMs, nowMs, digest(key)).changes);
    },

    purge({ finishedBeforeMs = Number.MAX_SAFE_INTEGER, ...filter }, { first, last }) {
      const { sql, values } = toCondition(filter);
      const some = sqlite.prepare(
        `SELECT id, delivery_id FROM job WHERE id BETWEEN ? AND ? AND finished_at < ? AND ${sql}`,
      );
      const rows = some.all(first, last, finishedBeforeMs, ...values) as unknown as AgedRow[];
      for (const { id, delivery_id: deliveryId } of rows) {
        empty.run(id);
        if (deliveryId !== null) removeUnused.run(deliveryId);
      }
      return rows.length;
    },
  };
}
