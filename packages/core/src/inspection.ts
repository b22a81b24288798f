import type { Delivery } from './delivery.ts';
import type { JobError } from './inbox.ts';

/** To see what an inbox holds, and to act on it. */
export interface InboxInspection {
  /** How many jobs there are. */
  counts(): Promise<JobCounts>;
  /** Jobs without their bodies, the newest first. */
  list(options?: ListOptions): Promise<readonly JobInfo[]>;
  /** One job with the bytes that were received. */
  get(key: string): Promise<JobDetails | undefined>;
  /**
   * Run dead jobs again, with all their attempts, and those that wait for a retry now. Takes a key or a filter (without
   * `state`: the dead); returns how many.
   */
  retry(which: string | JobFilter): Promise<number>;
  /**
   * Forget finished jobs (without `state`: the done): bodies and errors are deleted. Keys stay known for the retention
   * time, so that a redelivery is still a duplicate. Returns how many.
   */
  purge(filter?: PurgeFilter): Promise<number>;
}

/** `waiting`: to be run, now or later. `dead`: given up, see its error. */
export type JobState = 'waiting' | 'running' | 'done' | 'dead';

/** How many jobs there are in each state. */
export type JobCounts = Readonly<Record<JobState, number>>;

/** Which jobs are meant: those that fit every member that is given. */
export interface JobFilter {
  readonly state?: JobState | undefined;
  /** Name of an object: `person`. */
  readonly object?: string | undefined;
  /** Name of a handler. */
  readonly handler?: string | undefined;
}

/** Which finished jobs lose their body and their error. */
export interface PurgeFilter extends JobFilter {
  readonly finishedBeforeMs?: number | undefined;
}

/** Which jobs to list, and how many of them. */
export interface ListOptions extends JobFilter {
  /** @default 100 */
  readonly limit?: number | undefined;
  /** Key of a job: list those that were stored before it. For the next page, that of the last job of this one. */
  readonly before?: string | undefined;
}

/** Times are milliseconds since 1970. */
export interface JobInfo {
  readonly key: string;
  readonly state: JobState;
  readonly handler: string;
  /** As on the wire: `person.created`. */
  readonly event: string;
  readonly eventId: string;
  readonly workspaceId: string;
  /** Of events about a record. */
  readonly object: string | undefined;
  readonly recordId: string | undefined;
  /** How often it was run. */
  readonly attempt: number;
  readonly storedAtMs: number;
  /** When a `waiting` job may run. */
  readonly dueAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  /** When it became `done` or `dead`. */
  readonly finishedAtMs: number | undefined;
  /** Of the last run that failed. */
  readonly lastError: JobError | undefined;
}

export interface JobDetails extends JobInfo {
  readonly body: Uint8Array;
  readonly delivery: Delivery;
  /** What else the sender said, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
