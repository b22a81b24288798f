import type { DatabaseSync } from 'node:sqlite';
import type { JobTable } from '@twenty-webhooks/core';
import { toCondition } from './job-filter.ts';

interface AgedRow {
  readonly id: number;
  readonly delivery_id: number | null;
  readonly state: string;
  readonly stored_at: number;
}

/** What is done with jobs beside running them. */
export function createChanges(sqlite: DatabaseSync): Pick<JobTable, 'sweep' | 'retry' | 'purge'> {
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
    WHERE id IN (SELECT id FROM job WHERE (state = 'dead' OR state IN ('waiting', 'blocked') AND due_at > ?)`;
  const reviveOne = sqlite.prepare(`${revive} AND key = ?)`);
  // Jobs have their ids in the order of time: a sweep goes on where the last one stopped.
  let sweptId = 0;

  return {
    sweep(storedBeforeMs, limit) {
      const rows = oldest.all(sweptId, limit) as unknown as AgedRow[];
      for (const { id, delivery_id: deliveryId, state, stored_at: storedAtMs } of rows) {
        if (storedAtMs >= storedBeforeMs) {
          sweptId = 0;
          return false;
        }
        sweptId = id;
        if (state !== 'done' && state !== 'purged') continue;
        remove.run(id);
        if (deliveryId !== null) removeUnused.run(deliveryId);
      }
      if (rows.length < limit) sweptId = 0;
      return rows.length === limit;
    },

    retry(which, limit, nowMs) {
      if (typeof which === 'string') return Number(reviveOne.run(nowMs, nowMs, which).changes);
      const { sql, values } = toCondition({ ...which, state: which.state ?? 'dead' });
      const reviveSome = sqlite.prepare(`${revive} AND ${sql} LIMIT ?)`);
      return Number(reviveSome.run(nowMs, nowMs, ...values, limit).changes);
    },

    purge({ finishedBeforeMs = Number.MAX_SAFE_INTEGER, ...filter }, limit) {
      const { sql, values } = toCondition({ ...filter, state: filter.state ?? 'done' });
      const some = sqlite.prepare(
        `SELECT id, delivery_id FROM job WHERE ${sql} AND finished_at < ? ORDER BY id LIMIT ?`,
      );
      const rows = some.all(...values, finishedBeforeMs, limit) as unknown as AgedRow[];
      for (const { id, delivery_id: deliveryId } of rows) {
        empty.run(id);
        if (deliveryId !== null) removeUnused.run(deliveryId);
      }
      return rows.length;
    },
  };
}
