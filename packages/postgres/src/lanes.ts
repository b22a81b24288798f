import type { Db, JobWithMetadata } from 'pg-boss';
import type { JobPlace } from './job-changes.ts';

export type LaneJob = Pick<JobWithMetadata, 'id' | 'singletonKey' | 'priority'>;

/** What is known of a lane when one of its jobs has been fetched. */
export interface LaneState {
  /** The newest `changedAtMs` that was handled; -Infinity if there is none. */
  readonly newestMs: number;
  /** Whether an older job of the lane could run as well. */
  readonly hasOlder: boolean;
}

/** What pg-boss does not know of the jobs of one record and handler. */
export class Lanes {
  readonly #place: JobPlace;
  #sweepAtMs = 0;

  constructor(place: JobPlace) {
    this.#place = place;
  }

  /**
   * pg-boss fetches the oldest job that is not locked, and a fetch of another process that comes to nothing may just now lock
   * an older one.
   */
  async look(db: Db, { id, singletonKey: lane, priority }: LaneJob): Promise<LaneState> {
    const { schema, queue } = this.#place;
    const { rows } = await db.executeSql(
      `SELECT
         (SELECT changed_at_ms::float8 FROM twenty_webhooks.handled WHERE queue = $1 AND lane = $2) AS newest_ms,
         EXISTS (SELECT FROM ${schema}.job WHERE name = $1 AND singleton_key = $2 AND state < 'active'
           AND created_on < (SELECT created_on FROM ${schema}.job WHERE name = $1 AND id = $3)
           AND priority >= $4 AND start_after <= now()) AS has_older`,
      [queue, lane, id, priority],
    );
    const { newest_ms, has_older } = rows[0] as { readonly newest_ms: number | null; readonly has_older: boolean };
    return { newestMs: newest_ms ?? Number.NEGATIVE_INFINITY, hasOlder: has_older };
  }

  /** Remember what was handled, and forget now and then what is older than this. */
  async remember(db: Db, newest: ReadonlyMap<string, number>, retentionSeconds: number): Promise<void> {
    // Always in one order: two statements that lock the same rows in different orders are a deadlock.
    const lanes = [...newest.keys()].sort();
    await db.executeSql(
      `INSERT INTO twenty_webhooks.handled AS known (queue, lane, changed_at_ms, handled_at)
       SELECT $1, lane, changed_at_ms, now() FROM unnest($2::text[], $3::bigint[]) AS fresh (lane, changed_at_ms)
       ON CONFLICT (queue, lane) DO UPDATE SET changed_at_ms = excluded.changed_at_ms, handled_at = excluded.handled_at
       WHERE known.changed_at_ms < excluded.changed_at_ms`,
      [this.#place.queue, lanes, lanes.map((lane) => newest.get(lane))],
    );
    if (performance.now() < this.#sweepAtMs) return;
    this.#sweepAtMs = performance.now() + sweepEveryMs;
    await db.executeSql(
      `DELETE FROM twenty_webhooks.handled WHERE ctid IN (
         SELECT ctid FROM twenty_webhooks.handled WHERE handled_at < now() - $1 * interval '1 second' LIMIT 10000)`,
      [retentionSeconds],
    );
  }
}

const sweepEveryMs = 3_600_000;
