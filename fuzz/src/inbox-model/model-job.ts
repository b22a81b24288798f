import type { InboxEntry, JobState } from '@twenty-webhooks/core';

/** What is to be true of a job. */
export interface ModelJob {
  readonly key: string;
  readonly handler: string;
  readonly entry: InboxEntry;
  /** Grows in the order of arrival. */
  readonly order: number;
  readonly storedAtMs: number;
  state: JobState;
  attempt: number;
  dueAtMs: number;
  /** Bounds of the time of the next run, until it is seen; a part of a retry's delay is chance. */
  dueBounds?: readonly [number, number] | undefined;
  finishedAtMs?: number | undefined;
  lastError?: string | undefined;
  /** Only the key is left. */
  isPurged: boolean;
  /** Finished, and handled for `isStale`. */
  isHandled: boolean;
  /** How often its handler was called in this case. */
  runs: number;
}

export const laneKey = ({ handler, entry: { event } }: ModelJob): string | undefined =>
  event.record && JSON.stringify([handler, event.workspaceId, event.record.object, event.record.id]);

/** What a handler does in its n-th run of a job: decided by the job, so that the order of runs does not matter. */
export type Behaviour = 'ok' | 'throw' | 'non-retryable' | 'retry-after' | 'hang';

export function behaviourOf({ entry, handler, runs }: ModelJob): Behaviour {
  const plan =
    (entry.parsed.raw as { readonly plan: Readonly<Record<string, readonly Behaviour[]>> }).plan[handler] ?? [];
  return plan[runs - 1] ?? 'ok';
}

export function endJob(job: ModelJob, state: 'done' | 'dead', nowMs: number): void {
  Object.assign(job, { state, finishedAtMs: nowMs, isHandled: state === 'done' || job.isHandled });
}
