import type { Delivery } from './delivery.ts';
import type { ErrorCode } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import type { InboxInspection } from './inspection.ts';
import type { JobWorker } from './run-job.ts';

/**
 * Keeps genuine events until their handlers have finished, so that a 200 is a promise. One inbox belongs to one receiver;
 * several processes, each with an inbox of its own, may share what is behind it (a file, a database). `describeInbox` of
 * `@twenty-webhooks/testing` proves one.
 */
export interface Inbox {
  /**
   * Store one job per key, all or none. Resolves when the jobs outlive the process, with the keys that were new: of any
   * number of concurrent calls with one key exactly one has it among them. Known jobs stay as they are. Rejects if it
   * cannot store, after `timeoutMs` at the latest.
   */
  put(entry: InboxEntry, options: { readonly timeoutMs: number }): Promise<ReadonlySet<string>>;
  /**
   * Begin to claim jobs, also those of other processes, and to run them with `runJob`. Called once, by the receiver; in a
   * process that only receives, never. `runJob` decides how often a job is tried: a queue's own limit must be higher.
   */
  work(worker: JobWorker): void;
  /**
   * Claim nothing more, wait `graceMs` for what runs, abort the rest and give it back at once, let go of what is behind.
   * Afterwards `put` rejects.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** To look into it; not every inbox can. */
  readonly inspection?: InboxInspection;
}

/** An event to be stored, and for which handlers. */
export interface InboxEntry {
  /** The bytes as received. */
  readonly body: Uint8Array;
  readonly delivery: Delivery;
  /** What else the sender said, by names in lower case: `content-type`, `user-agent`. No signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly event: EntryEvent;
  /** `body`, parsed. Not to be stored; whoever runs a job in this process right away need not parse it again. */
  readonly parsed: TwentyEvent;
  /** One job each. */
  readonly jobs: readonly { readonly key: string; readonly handler: string }[];
}

/** What an inbox needs to know of an event. */
export interface EntryEvent {
  readonly id: string;
  /** As on the wire: `person.created`. */
  readonly name: string;
  readonly workspaceId: string;
  /** Jobs of one record for one handler run one after the other; `undefined` for events that are not about a record. */
  readonly record: RecordRef | undefined;
}

/** The record that an event is about, and when it changed. */
export interface RecordRef {
  readonly object: string;
  readonly id: string;
  /** `record.updatedAt` in milliseconds since 1970, where there is one; `isStale` compares it. */
  readonly changedAtMs: number | undefined;
}

/** A job that this process, and no other, is to run now. */
export interface ClaimedJob {
  readonly key: string;
  readonly handler: string;
  /** 1 for the first run. Runs that a crash ended count. */
  readonly attempt: number;
  /** Whether this handler has handled a newer `updatedAt` of the record. */
  readonly isStale: boolean;
  readonly body: Uint8Array;
  readonly delivery: Delivery;
  /** If it was put in this process a moment ago: the event of the entry. */
  readonly parsed?: TwentyEvent | undefined;
}

/** How a run ended, and what becomes of its job. */
export type JobEnd =
  | { readonly state: 'done' }
  | { readonly state: 'retry'; readonly delayMs: number; readonly error: JobError }
  | { readonly state: 'dead'; readonly error: JobError };

/** What a run threw, as it can be stored. */
export interface JobError {
  readonly name: string;
  readonly message: string;
  /** Of a `WebhookError`: `NON_RETRYABLE`, `HANDLER_MISSING`, `EVENT_INVALID`, … */
  readonly code?: ErrorCode;
  readonly stack?: string;
}
