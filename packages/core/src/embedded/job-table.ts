import type { ClaimedJob, InboxEntry, JobEnd } from '../inbox.ts';
import type { JobCounts, JobDetails, JobFilter, JobInfo, JobState, ListOptions, PurgeFilter } from '../inspection.ts';

/**
 * Where an embedded inbox keeps its jobs. Everything is synchronous: one process runs one of these at a time, and several
 * processes are kept apart by `transact`. Times are milliseconds since 1970 of one clock that all of them share.
 */
export interface JobTable {
  /**
   * Run `body`, all of it or nothing. If `isDurable`, what it wrote outlives a power cut when this returns. `undefined`, and
   * nothing done, if another process is writing: try again. Throws if it cannot write, with nothing done.
   */
  transact<T>(isDurable: boolean, body: () => T): { readonly value: T } | undefined;

  // Inside of `transact` only:

  /** Store the jobs whose keys are not known; gives their keys. */
  insert(entry: InboxEntry, nowMs: number): ReadonlySet<string>;
  /**
   * Claim up to `limit` jobs that are due, the oldest first; none whose record another job of the same handler runs for.
   * It may end early if that takes long.
   */
  claim(workerId: string, limit: number, nowMs: number): ClaimedRows;
  /** End a run. `false`, and nothing changed, if the worker no longer holds the job. */
  settle(workerId: string, settlement: Settlement, nowMs: number): boolean;
  /** Prolong the lease of a worker and so of its jobs. `false` if it had one and lost it; `isNew` gives it its first. */
  renew(workerId: string, isNew: boolean, leaseUntilMs: number): boolean;
  /** Let the jobs of workers whose lease ran out, or that are not known, be claimed again; all but those of `workerId`. */
  recover(workerId: string, nowMs: number): void;
  /**
   * Delete up to `limit` jobs that are done and were stored before this; `true` if there may be more. Jobs stored later than
   * now, when the clock was wrong, do not end the search.
   */
  sweep(storedBeforeMs: number, limit: number, nowMs: number): boolean;
  /** As in the inspection, of jobs of one state with these ids, both included; gives how many. */
  retry(filter: JobFilter & { readonly state: JobState }, ids: IdRange, nowMs: number): number;
  retryOne(key: string, nowMs: number): number;
  purge(filter: PurgeFilter & { readonly state: JobState }, ids: IdRange): number;

  // Outside of it, too:

  /** When the next job that waits is due; `undefined` if none waits. */
  nextDueMs(): number | undefined;
  /** Whether `recover` would find something. */
  hasExpired(workerId: string, nowMs: number): boolean;
  /** Of all jobs; ids grow in the order of arrival. */
  ids(): IdRange;
  counts(): JobCounts;
  list(options: ListOptions & { readonly limit: number }): readonly JobInfo[];
  get(key: string): JobDetails | undefined;
  /** Call back soon after another process may have written. Returns how to stop; without it the inbox looks once a second. */
  watch?(changed: () => void): () => void;
  close(): void;
}

/** Rows of a table from one id to another, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** What a claim has found, and whether it is worth coming again. */
export interface ClaimedRows {
  readonly rows: readonly ClaimedRow[];
  /** `due`: claim again. `waiting`: there may be jobs that only wait for the end of others. */
  readonly left: 'nothing' | 'waiting' | 'due';
}

export interface ClaimedRow extends ClaimedJob {
  /** Whatever the table finds the row by. */
  readonly id: number;
}

/** The end of a run. `released` gives the job back as if it had not been claimed. */
export interface Settlement {
  readonly id: number;
  readonly attempt: number;
  readonly end: JobEnd | { readonly state: 'released' };
}
