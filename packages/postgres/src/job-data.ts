import { createHash } from 'node:crypto';
import { entryEventOf, isStoredJobFacts, laneOf, type StoredJob, type StoredJobFacts } from '@twenty-webhooks/core';

/** What stands in `data` of a pg-boss job: what people look for in a dashboard, the body, and the facts as one text. */
export interface JobData {
  readonly handler: string;
  readonly event: string;
  readonly object: string | null;
  readonly recordId: string | null;
  /** The bytes that were received, as text. Not in lists. */
  readonly body: string;
  /** `StoredJobFacts` as JSON, since `jsonb` cannot hold all that JSON can: no NUL, no half of a surrogate pair. */
  readonly facts: string;
}

export function toJobData({ body, ...facts }: StoredJob): JobData {
  const { handler, event, object, recordId } = facts;
  return {
    handler: storable(handler),
    event: storable(event),
    object: object === undefined ? null : storable(object),
    recordId: recordId === undefined ? null : storable(recordId),
    body,
    facts: JSON.stringify(facts),
  };
}

/** `undefined` for a job that is none of ours: anybody can put one into the queue. */
export function readFacts(data: Partial<JobData> | null): StoredJobFacts | undefined {
  if (typeof data?.facts !== 'string') return undefined;
  try {
    const facts = JSON.parse(data.facts) as unknown;
    return isStoredJobFacts(facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** A text as Postgres can keep it; for looking at and for filters, not for getting it back. */
export const storable = (text: string): string => Buffer.from(text).toString().replaceAll('\0', '\uFFFD');

/**
 * The `singletonKey` of a job: of those with one key, pg-boss runs one at a time. Without a record it is the job's own: jobs
 * without a key would all share one.
 */
export function laneKeyOf(job: StoredJobFacts, id: string): string {
  const lane = laneOf(job.handler, entryEventOf(job)) ?? id;
  // It stands in an index, whose rows have an end at 2.7 kB: a job with more could never be claimed.
  return lane.length <= 500 ? lane : createHash('sha256').update(lane).digest('hex');
}
