import type { Db, JobAttempt } from 'pg-boss';

// What pg-boss 12 has no call for, as SQL on its table of jobs.

/** Where jobs are. */
export interface JobPlace {
  readonly schema: string;
  readonly queue: string;
}

/** Give running jobs back as if they had not begun. Those of which the run is not ours any more are left alone. */
export async function releaseJobs(db: Db, place: JobPlace, attempts: readonly JobAttempt[]): Promise<void> {
  await db.executeSql(
    `UPDATE ${place.schema}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
     WHERE name = $1 AND id = ANY ($2::uuid[]) AND ${isHeld('$3')}`,
    [place.queue, attempts.map(({ id }) => id), attempts.map(({ id, retryCount }) => `${id}:${retryCount}`)],
  );
}

/** Let the run be the last one: if it fails now, the job is `failed`, and is kept until somebody purges it. */
export async function makeLast(db: Db, place: JobPlace, { id, retryCount }: JobAttempt): Promise<void> {
  await db.executeSql(
    `UPDATE ${place.schema}.job SET retry_limit = retry_count, deletion_seconds = 0
     WHERE name = $1 AND id = $2 AND ${isHeld('$3')}`,
    [place.queue, id, [`${id}:${retryCount}`]],
  );
}

/** As pg-boss itself does it: each claim counts `retry_count` up. */
const isHeld = (parameter: string): string =>
  `state = 'active' AND (id::text || ':' || retry_count::text) = ANY (${parameter}::text[])`;
