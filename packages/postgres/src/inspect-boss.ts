import {
  bodyOf,
  deliveryOf,
  type InboxInspection,
  inspectionOf,
  type JobCounts,
  type JobError,
  type JobFilter,
  type JobInfo,
  type JobState,
  type StoredJobFacts,
  toJobInfo,
} from '@twenty-webhooks/core';
import type { BossConnection } from './boss-connection.ts';
import { noLimit } from './job-changes.ts';
import { type JobData, readFacts, storable } from './job-data.ts';
import { toJobId } from './job-id.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** A row of pg-boss's table. */
interface JobRow {
  readonly data: Partial<JobData>;
  readonly state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed';
  readonly retry_count: number;
  readonly created_on: Date;
  readonly start_after: Date;
  readonly started_on: Date | null;
  readonly completed_on: Date | null;
  readonly output: unknown;
}

export interface InspectionHooks {
  /** Write what is known already. */
  settle(): Promise<void>;
  /** There is something to run. */
  woken(): void;
}

/**
 * The inspection, as SQL on pg-boss's table: its own calls find jobs neither by state nor newest first. A job that was purged is
 * `cancelled` there, without data, until its time of retention is over; so its key stays known.
 */
export function inspectBoss(
  connection: BossConnection,
  settings: PostgresSettings,
  { settle, woken }: InspectionHooks,
): InboxInspection {
  const { schema, queue, retentionSeconds } = settings;
  const table = `${schema}.job`;

  async function rowsOf<Row>(text: string, values: unknown[]): Promise<Row[]> {
    await connection.ready();
    await settle();
    const { rows } = await connection.require().inspectDb.executeSql(text, values);
    return rows as Row[];
  }

  /** In steps, so that no change holds many rows for long. */
  async function change(set: string, filter: JobFilter & { readonly before?: Date }, where: string): Promise<number> {
    const { conditions, values } = toConditions(filter, [queue, rowsPerStep]);
    for (let total = 0; ; ) {
      const rows = await rowsOf(
        `UPDATE ${table} SET ${set} WHERE name = $1 AND id IN (
           SELECT id FROM ${table} WHERE name = $1 AND ${conditions} AND ${where} LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        values,
      );
      total += rows.length;
      if (rows.length < rowsPerStep) {
        if (total > 0) woken();
        return total;
      }
    }
  }

  return inspectionOf({
    async counts() {
      const counts: Record<JobState, number> = { waiting: 0, running: 0, done: 0, dead: 0 };
      const rows = await rowsOf<{ readonly state: JobRow['state']; readonly count: number }>(
        `SELECT state, count(*)::float8 AS count FROM ${table}
         WHERE name = $1 AND ${isOurs} GROUP BY state`,
        [queue],
      );
      for (const { state, count } of rows) counts[states[state]] += count;
      return counts satisfies JobCounts;
    },
    async list({ before, limit, ...filter }) {
      const { conditions, values } = toConditions(filter, [queue, limit]);
      const page =
        before === undefined
          ? 'true'
          : `(created_on, id) < (SELECT created_on, id FROM ${table} WHERE name = $1 AND id = $${values.push(toJobId(before))})`;
      const rows = await rowsOf<JobRow>(
        `SELECT ${columns}, data - 'body' AS data FROM ${table} WHERE name = $1 AND ${conditions} AND ${page}
         ORDER BY created_on DESC, id DESC LIMIT $2`,
        values,
      );
      return rows.flatMap((row) => {
        const facts = readFacts(row.data);
        return facts === undefined ? [] : [toInfo(row, facts)];
      });
    },
    async get(key) {
      const [row] = await rowsOf<JobRow>(
        `SELECT ${columns}, data FROM ${table} WHERE name = $1 AND id = $2 AND ${isOurs}`,
        [queue, toJobId(key)],
      );
      const facts = row && readFacts(row.data);
      if (row === undefined || facts === undefined) return undefined;
      const { body = '' } = row.data;
      return { ...toInfo(row, facts), body: bodyOf({ body }), delivery: deliveryOf(facts), headers: facts.headers };
    },
    async retryOne(key) {
      const rows = await rowsOf(
        `UPDATE ${table} SET ${again(retentionSeconds)} WHERE name = $1 AND id = $2 AND ${isOurs} AND (${isDead} OR ${isLater}) RETURNING id`,
        [queue, toJobId(key)],
      );
      if (rows.length > 0) woken();
      return rows.length;
    },
    retryAll: ({ state, ...filter }) => change(again(retentionSeconds), filter, state === 'dead' ? isDead : isLater),
    purge({ state, finishedBeforeMs, ...filter }) {
      const before = finishedBeforeMs === undefined ? {} : { before: new Date(finishedBeforeMs) };
      const set = `state = 'cancelled', data = NULL, output = NULL, deletion_seconds = ${retentionSeconds}`;
      return change(set, { ...filter, ...before }, state === 'dead' ? isDead : "state = 'completed'");
    },
  });
}

const columns = 'state, retry_count, created_on, start_after, started_on, completed_on, output';
/** Dead jobs have all their attempts again; of those that wait, only the time changes. */
const again = (retentionSeconds: number): string => `
  start_after = now(),
  retry_count = CASE WHEN ${isDead} THEN 0 ELSE retry_count END,
  started_on = CASE WHEN ${isDead} THEN NULL ELSE started_on END,
  state = CASE WHEN ${isDead} THEN 'created' ELSE state END,
  completed_on = NULL,
  retry_limit = ${noLimit},
  deletion_seconds = CASE WHEN ${isDead} THEN ${retentionSeconds} ELSE deletion_seconds END,
  keep_until = now() + (keep_until - start_after)`;
/** Neither purged, nor put there by somebody else. */
const isOurs = "data ? 'facts'";
const isDead = "state IN ('failed', 'cancelled')";
const isLater = "state IN ('created', 'retry') AND start_after > now()";
const rowsPerStep = 1_000;

const states = {
  created: 'waiting',
  retry: 'waiting',
  active: 'running',
  completed: 'done',
  failed: 'dead',
  // By somebody in a dashboard.
  cancelled: 'dead',
} as const satisfies Record<JobRow['state'], JobState>;

function toConditions(
  { state, object, handler, before }: JobFilter & { readonly before?: Date },
  values: unknown[],
): { readonly conditions: string; readonly values: unknown[] } {
  const conditions = [isOurs];
  if (state !== undefined) {
    const names = Object.entries(states).filter(([, one]) => one === state);
    conditions.push(`state IN (${names.map(([name]) => `'${name}'`).join()})`);
  }
  if (object !== undefined) conditions.push(`data ->> 'object' = $${values.push(storable(object))}`);
  if (handler !== undefined) conditions.push(`data ->> 'handler' = $${values.push(storable(handler))}`);
  if (before !== undefined) conditions.push(`completed_on < $${values.push(before)}`);
  return { conditions: conditions.join(' AND '), values };
}

function toInfo(row: JobRow, facts: StoredJobFacts): JobInfo {
  const state = states[row.state];
  const isWaiting = state === 'waiting';
  return toJobInfo(facts, {
    state,
    // `retry_count` goes up with each run but the first.
    attempt: row.retry_count + (row.started_on === null ? 0 : 1),
    storedAtMs: row.created_on.getTime(),
    dueAtMs: isWaiting ? row.start_after.getTime() : undefined,
    startedAtMs: row.started_on?.getTime(),
    finishedAtMs: state === 'done' || state === 'dead' ? row.completed_on?.getTime() : undefined,
    lastError: state === 'done' ? undefined : toError(row),
  });
}

/** What a run has thrown; or what pg-boss wrote itself: `{ value: { message: 'job heartbeat timeout' } }`. */
function toError({ output, state }: JobRow): JobError | undefined {
  if (state === 'cancelled') return { name: 'Cancelled', message: 'It was cancelled in pg-boss' };
  if (typeof output !== 'object' || output === null) return undefined;
  if ('name' in output && 'message' in output) return output as JobError;
  const { value } = output as { readonly value?: { readonly message?: unknown } };
  return { name: 'pg-boss', message: String(value?.message ?? JSON.stringify(output)) };
}
