import { within } from '../deadline.ts';
import { WebhookError } from '../errors.ts';
import type { InboxEntry } from '../inbox.ts';
import type { InboxInspection } from '../inspection.ts';
import type { JobWorker } from '../run-job.ts';
import type { EmbeddedInbox, EmbeddedSettings } from './embedded-inbox.ts';
import { inspectTable } from './inspect-table.ts';
import type { JobTable } from './job-table.ts';
import { nextRound } from './next-round.ts';
import { TableWorker } from './table-worker.ts';

/** Something that somebody waits for. */
interface Pending<T> {
  /** On the clock of `performance`. */
  readonly giveUpAtMs: number;
  resolve(result: T): void;
  reject(cause: unknown): void;
}

interface PendingPut extends Pending<ReadonlySet<string>> {
  readonly entry: InboxEntry;
}

interface PendingTask extends Pending<unknown> {
  run(): unknown;
}

/**
 * Whatever is to be written waits for the next turn, which writes all of it in one transaction: what came in, what ended,
 * what is claimed next. So concurrent puts share a commit, and claims and settlements seldom need one of their own.
 */
export class TableInbox implements EmbeddedInbox {
  readonly inspection: InboxInspection;
  readonly #table: JobTable;
  readonly #settings: EmbeddedSettings;
  #worker: TableWorker | undefined;

  #puts: PendingPut[] = [];
  #tasks: PendingTask[] = [];
  #isTurnScheduled = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  /** How often in a row another process was writing. */
  #busyTurns = 0;

  #stopWatching: (() => void) | undefined;
  /** How often it has looked since another process was seen to write. */
  #looks = lookAgainMs.length;
  #closing: Promise<void> | undefined;
  #isClosed = false;
  #afterTurn: (() => void) | undefined;

  constructor(table: JobTable, settings: EmbeddedSettings) {
    this.#table = table;
    this.#settings = settings;
    this.inspection = inspectTable(table, {
      now: settings.now,
      transact: (task) => this.#transact(task),
      // What has ended is to be seen, also if it is not written yet.
      settle: () => {
        this.#requireOpen();
        if (this.#worker?.hasEnded) this.#turn();
      },
    });
  }

  put(entry: InboxEntry, { timeoutMs }: { readonly timeoutMs: number }): Promise<ReadonlySet<string>> {
    return new Promise((resolve, reject) => {
      this.#requireOpen();
      this.#puts.push({ entry, giveUpAtMs: performance.now() + timeoutMs, resolve, reject });
      this.#schedule();
    });
  }

  work(worker: JobWorker): void {
    this.#requireOpen();
    if (this.#worker !== undefined) {
      throw new WebhookError('OPTION_INVALID', 'This inbox has a receiver already: make one inbox for each receiver');
    }
    this.#worker = new TableWorker(this.#table, this.#settings, worker, (isUrgent) => {
      if (isUrgent) this.#schedule();
      else this.#scheduleWithin(settleMs);
    });
    this.#stopWatching = this.#table.watch?.(() => {
      this.#looks = 0;
      this.#schedule();
    });
    this.#schedule();
  }

  close({ graceMs = 5_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw unavailable('The inbox is closed');
  }

  #transact<T>(task: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#requireOpen();
      const giveUpAtMs = performance.now() + taskTimeoutMs;
      this.#tasks.push({ run: task, giveUpAtMs, resolve: resolve as PendingTask['resolve'], reject });
      this.#schedule();
    });
  }

  /** What comes in during this round of the event loop goes into one turn. */
  #schedule(): void {
    if (this.#isTurnScheduled || this.#isClosed) return;
    this.#isTurnScheduled = true;
    nextRound(() => this.#turn());
  }

  #scheduleWithin(ms: number): void {
    if (!this.#isTurnScheduled && this.#timerAtMs > performance.now() + ms) this.#scheduleIn(ms);
  }

  #scheduleIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = performance.now() + ms;
    this.#timer = setTimeout(() => this.#turn(), ms);
    // The server, or `start()`, keeps the process alive; but what is still to be written is waited for.
    const isAwaited = this.#puts.length > 0 || this.#tasks.length > 0 || this.#worker?.hasEnded;
    if (!isAwaited && this.#closing === undefined) (this.#timer as { unref?: () => void }).unref?.();
  }

  #turn(): void {
    this.#isTurnScheduled = false;
    if (this.#isClosed) return;
    try {
      this.#write();
    } catch (cause) {
      this.#stumble(cause);
    }
    this.#afterTurn?.();
  }

  #write(): void {
    const nowMs = this.#settings.now();
    const [puts, tasks, worker] = [this.#puts, this.#tasks, this.#worker];
    if (puts.length > 0 || tasks.length > 0 || worker?.hasWork(nowMs)) {
      // Nothing in memory changes before it is written: it may come to nothing.
      const written = this.#table.transact(puts.length > 0, () => {
        // It may have taken long to get here, longer than a lease.
        const nowMs = this.#settings.now();
        worker?.settle(nowMs);
        const stored = puts.map(({ entry }) => this.#table.insert(entry, nowMs));
        const results = tasks.map(({ run }) => run());
        return { stored, results, claimed: worker?.claim(nowMs) };
      });
      if (written === undefined) {
        this.#waitForOthers();
        return;
      }
      this.#busyTurns = 0;
      this.#puts = [];
      this.#tasks = [];
      const { stored, results, claimed } = written.value;
      for (const [index, { resolve }] of puts.entries()) resolve(stored[index] ?? new Set());
      for (const [index, { resolve }] of tasks.entries()) resolve(results[index]);
      if (claimed !== undefined) worker?.written(claimed);
      if (claimed?.left === 'due') {
        this.#schedule();
        return;
      }
    }
    // A file is seen to change before what was written there can be read.
    const lookMs = lookAgainMs[this.#looks++] ?? Number.POSITIVE_INFINITY;
    if (worker !== undefined) this.#scheduleIn(Math.min(lookMs, worker.restMs(nowMs)));
  }

  /** Another process writes. Wait for it without blocking this one, and not for ever. */
  #waitForOthers(): void {
    const nextTurnMs = performance.now() + maxBusyWaitMs;
    const isLate = ({ giveUpAtMs }: Pick<PendingPut, 'giveUpAtMs'>): boolean => giveUpAtMs <= nextTurnMs;
    const late = [...this.#puts, ...this.#tasks].filter(isLate);
    this.#puts = this.#puts.filter((put) => !isLate(put));
    this.#tasks = this.#tasks.filter((task) => !isLate(task));
    for (const { reject } of late) reject(unavailable('Another process keeps it locked'));
    this.#busyTurns++;
    this.#isTurnScheduled = true;
    this.#scheduleIn(1 + Math.random() * Math.min(maxBusyWaitMs, 2 ** this.#busyTurns));
  }

  /** It cannot be written. Who waits has to know at once; what has ended is kept until it can be written. */
  #stumble(cause: unknown): void {
    const waiting = [...this.#puts, ...this.#tasks];
    this.#puts = [];
    this.#tasks = [];
    for (const { reject } of waiting) reject(cause);
    if (this.#worker === undefined) return;
    this.#worker.complain(cause);
    this.#scheduleIn(stumbledMs);
  }

  async #close(graceMs: number): Promise<void> {
    this.#stopWatching?.();
    this.#worker?.stop();
    const isIdle = (): boolean => this.#puts.length === 0 && (this.#worker?.isIdle ?? true);
    await within(graceMs, this.#until(isIdle));
    this.#worker?.release();
    if (!isIdle()) await within(flushMs, this.#until(isIdle));
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { reject } of [...this.#puts, ...this.#tasks]) reject(unavailable('The inbox is closed'));
    this.#table.close();
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#afterTurn = () => isReached() && resolve();
      this.#schedule();
    });
  }
}

const unavailable = (message: string): WebhookError => new WebhookError('INBOX_UNAVAILABLE', message);

const lookAgainMs: readonly number[] = [2, 3, 5, 10, 20, 40];
const maxBusyWaitMs = 25;
const stumbledMs = 250;
const taskTimeoutMs = 5_000;
/** How long the end of a run may wait for a transaction that is made anyway. If the process dies meanwhile it runs again. */
const settleMs = 3;
/** For what is to be written at the end. */
const flushMs = 2_000;
