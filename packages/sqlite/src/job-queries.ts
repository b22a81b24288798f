import type { DatabaseSync } from 'node:sqlite';
import type { IdRange, JobInfo, JobState, JobTable } from '@twenty-webhooks/core';
import { type DeliveryRow, toDelivery } from './delivery-row.ts';
import { digest } from './digest.ts';
import { toCondition } from './job-filter.ts';

interface InfoRow {
  readonly key: string;
  readonly state: JobState | 'blocked';
  readonly handler: string;
  readonly event: string;
  readonly event_id: string;
  readonly workspace_id: string;
  readonly object: string | null;
  readonly record_id: string | null;
  readonly attempt: number;
  readonly stored_at: number;
  readonly due_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly error: string | null;
}

const infoColumns =
  'key, state, handler, event, event_id, workspace_id, object, record_id, attempt, stored_at, due_at, started_at, finished_at, error';

/** What can be asked of the jobs. */
export function createQueries(sqlite: DatabaseSync): Pick<JobTable, 'ids' | 'counts' | 'list' | 'get'> {
  // Each part counts along an index of its own; what is done is the rest, so that no row is read.
  const countAll = sqlite.prepare(
    `SELECT (SELECT count(*) FROM job) AS total, ${['waiting', 'blocked', 'running', 'dead', 'purged']
      .map((state) => `(SELECT count(*) FROM job WHERE state = '${state}') AS ${state}`)
      .join(', ')}`,
  );
  const one = sqlite.prepare(
    `SELECT ${infoColumns}, received_at, scheme, secret_index, signed_at, nonce, headers, body
     FROM job JOIN delivery ON delivery.id = delivery_id WHERE key_digest = ?`,
  );

  const range = sqlite.prepare(
    'SELECT coalesce((SELECT min(id) FROM job), 1) AS first, coalesce((SELECT max(id) FROM job), 0) AS last',
  );

  return {
    ids: () => range.get() as unknown as IdRange,

    counts() {
      const counted = countAll.get() as Record<'total' | 'waiting' | 'blocked' | 'running' | 'dead' | 'purged', number>;
      const { total, waiting, blocked, running, dead, purged } = counted;
      const done = total - waiting - blocked - running - dead - purged;
      return { waiting: waiting + blocked, running, done, dead };
    },

    list({ limit, before, ...filter }) {
      const { sql, values } = toCondition(filter);
      const isBefore = before === undefined ? '' : 'AND job.id < (SELECT id FROM job WHERE key_digest = ?)';
      const rows = sqlite
        .prepare(
          `SELECT ${infoColumns} FROM job JOIN delivery ON delivery.id = delivery_id
           WHERE ${sql} ${isBefore} ORDER BY job.id DESC LIMIT ?`,
        )
        .all(...values, ...(before === undefined ? [] : [digest(before)]), limit);
      return rows.map((row) => toInfo(row as unknown as InfoRow));
    },

    get(key) {
      const row = one.get(digest(key)) as unknown as
        | (InfoRow & DeliveryRow & { headers: string; body: Uint8Array })
        | undefined;
      if (row === undefined) return undefined;
      const headers: Record<string, string> = JSON.parse(row.headers);
      return { ...toInfo(row), body: row.body, delivery: toDelivery(row), headers };
    },
  };
}

function toInfo(row: InfoRow): JobInfo {
  const state = row.state === 'blocked' ? 'waiting' : row.state;
  return {
    key: row.key,
    state,
    handler: row.handler,
    event: row.event,
    eventId: row.event_id,
    workspaceId: row.workspace_id,
    object: row.object ?? undefined,
    recordId: row.record_id ?? undefined,
    attempt: row.attempt,
    storedAtMs: row.stored_at,
    dueAtMs: state === 'waiting' ? row.due_at : undefined,
    startedAtMs: row.started_at ?? undefined,
    finishedAtMs: row.finished_at ?? undefined,
    lastError: row.error === null ? undefined : JSON.parse(row.error),
  };
}
