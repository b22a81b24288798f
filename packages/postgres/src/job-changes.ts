import type { Db, JobAttempt } from 'pg-boss';

// What pg-boss 12 has no call for, as SQL on its table of jobs.

/** Where jobs are. */
export interface JobPlace {
  readonly schema: string;
  readonly queue: string;
}

/** How often pg-boss may try is not its decision but that of `runJob`: as good as always. */
export const noLimit = 1_000_000;

/** Give running jobs back as if they had not begun. Those of which the run is not ours any more are left alone. */
export async function releaseJobs(db: Db, place: JobPlace, attempts: readonly JobAttempt[]): Promise<void> {
  await db.executeSql(
    `UPDATE ${place.schema}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
     WHERE name = $1 AND id = ANY ($2::uuid[]) AND ${isHeld('$3')}`,
    [place.queue, attempts.map(({ id }) => id), attempts.map(({ id, retryCount }) => `${id}:${retryCount}`)],
  );
}

/** Let the job run again after so long, by the clock of the server, if the run is still ours. */
export async function retryLater(
  db: Db,
  place: JobPlace,
  { attempt, delayMs, output }: { readonly attempt: JobAttempt; readonly delayMs: number; readonly output: object },
): Promise<void> {
  await db.executeSql(
    `UPDATE ${place.schema}.job SET state = 'retry', output = $5::text::jsonb, heartbeat_on = NULL,
       start_after = now() + $4 * interval '1 millisecond',
       keep_until = now() + $4 * interval '1 millisecond' + (keep_until - start_after)
     WHERE name = $1 AND id = $2 AND ${isHeld('$3')}`,
    [place.queue, attempt.id, [`${attempt.id}:${attempt.retryCount}`], delayMs, JSON.stringify(output)],
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
