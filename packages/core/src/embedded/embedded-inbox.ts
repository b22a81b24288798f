import type { Inbox } from '../inbox.ts';
import type { InboxInspection } from '../inspection.ts';
import { aFunction, checkOptions, numberFrom, type OptionCheck, wholeNumberFrom } from '../option-checks.ts';
import type { JobTable } from './job-table.ts';
import { TableInbox } from './table-inbox.ts';

/** Options of the inboxes that run in the process itself. */
export interface EmbeddedInboxOptions {
  /** How many handlers run at the same time in this process. @default 10 */
  readonly concurrency?: number | undefined;
  /**
   * If a process dies, its jobs can be run again after this. Renewed while handlers run, by the event loop: no handler may
   * block it for so long. @default 30 000
   */
  readonly leaseMs?: number | undefined;
  /** A handler that takes longer has failed: its signal aborts, the job is tried again. @default 900 000 */
  readonly runTimeoutMs?: number | undefined;
  /** How long jobs that are done are kept, and a redelivery is known as a duplicate. @default 30 */
  readonly retentionDays?: number | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** An inbox whose jobs can be looked at, also by a process that runs none. */
export type EmbeddedInbox = Inbox & { readonly inspection: InboxInspection };

/** The options with their defaults. */
export interface EmbeddedSettings {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly runTimeoutMs: number;
  readonly retentionMs: number;
  readonly now: () => number;
}

/**
 * Make an inbox of a table of jobs: group commit, leases, retries, order per record. `memoryInbox` and `sqliteInbox` are
 * made with it. The table is opened after the options are checked.
 *
 * @param owner the factory, for errors: `sqliteInbox`
 * @throws OPTION_INVALID, and what `openTable` throws
 */
export function embeddedInbox(openTable: () => JobTable, options: EmbeddedInboxOptions, owner: string): EmbeddedInbox {
  checkOptions(options, checks, ` of ${owner}`);
  const { concurrency = 10, leaseMs = 30_000, runTimeoutMs = 900_000, retentionDays = 30, now = Date.now } = options;
  const retentionMs = retentionDays * 24 * 60 * 60 * 1_000;
  // A clock of `performance` has fractions; columns of whole numbers have not.
  const wholeNow = (): number => Math.round(now());
  return new TableInbox(openTable(), { concurrency, leaseMs, runTimeoutMs, retentionMs, now: wholeNow });
}

const checks: { readonly [Name in keyof EmbeddedInboxOptions]-?: OptionCheck } = {
  concurrency: wholeNumberFrom(1),
  leaseMs: numberFrom(50),
  runTimeoutMs: numberFrom(1),
  retentionDays: numberFrom(0),
  now: aFunction,
};
