import { WebhookError } from '../errors.ts';
import { type JobWorker, runJob } from '../run-job.ts';
import type { EmbeddedSettings } from './embedded-inbox.ts';
import type { ClaimedRow, ClaimedRows, JobTable, Settlement } from './job-table.ts';
import { nextRound } from './next-round.ts';

interface Run {
  readonly row: ClaimedRow;
  readonly controller: AbortController;
}

/** What a turn has claimed. */
export interface Claimed extends ClaimedRows {
  /** Until when the lease runs now; `undefined` if it is as it was. */
  readonly leaseUntilMs: number | 'lost' | undefined;
  readonly sweepAtMs: number;
}

/** Runs jobs of a table: claims them under a lease, starts their handlers, collects how they ended. */
export class TableWorker {
  readonly #table: JobTable;
  readonly #settings: EmbeddedSettings;
  readonly #worker: JobWorker;
  readonly #ended: (isUrgent: boolean) => void;
  #left: ClaimedRows['left'] = 'nothing';
  #id: string = crypto.randomUUID();
  #leaseUntilMs = 0;
  #sweepAtMs = 0;
  #isStopped = false;
  /** From the claim until its end is written. */
  readonly #runs = new Map<number, Run>();
  #settlements: Settlement[] = [];
  #complainedAtMs = Number.NEGATIVE_INFINITY;

  /** @param ended called when something is to be written; if that is not urgent, together with something else */
  constructor(table: JobTable, settings: EmbeddedSettings, worker: JobWorker, ended: (isUrgent: boolean) => void) {
    this.#table = table;
    this.#settings = settings;
    this.#worker = worker;
    this.#ended = ended;
  }

  get isIdle(): boolean {
    return this.#runs.size === 0;
  }

  get hasEnded(): boolean {
    return this.#settlements.length > 0;
  }

  hasWork(nowMs: number): boolean {
    if (this.hasEnded || this.#isRenewalDue(nowMs)) return true;
    if (this.#isStopped) return false;
    if (nowMs >= this.#sweepAtMs) return true;
    if (this.#free === 0) return false;
    const dueMs = this.#table.nextDueMs();
    return (dueMs !== undefined && dueMs <= nowMs) || this.#table.hasExpired(this.#id, nowMs);
  }

  /** First half of a turn, inside of the transaction. */
  settle(nowMs: number): void {
    for (const settlement of this.#settlements) this.#table.settle(this.#id, settlement, nowMs);
  }

  /** Second half, after what came in: that may be claimed at once. */
  claim(nowMs: number): Claimed {
    const { leaseMs, retentionMs } = this.#settings;
    const leaseUntilMs = nowMs + leaseMs;
    const isClaiming = !this.#isStopped && this.#free > 0;
    const nothing = { rows: [], left: this.#left, sweepAtMs: this.#sweepAtMs };
    // Before it claims more: jobs of a worker that has lost its lease would be nobody's.
    const isRenewing = !this.isIdle && (isClaiming || this.#isRenewalDue(nowMs));
    if (isRenewing && !this.#table.renew(this.#id, false, leaseUntilMs)) return { ...nothing, leaseUntilMs: 'lost' };
    const renewedUntilMs = isRenewing ? leaseUntilMs : undefined;
    if (this.#isStopped) return { ...nothing, leaseUntilMs: renewedUntilMs };

    let { sweepAtMs } = nothing;
    const isSweeping = nowMs >= sweepAtMs;
    if (isSweeping) {
      const hasMore = this.#table.sweep(nowMs - retentionMs, rowsPerSweep, nowMs);
      sweepAtMs = nowMs + (hasMore ? sweepPauseMs : sweepEveryMs);
    }
    if (isSweeping || this.#table.hasExpired(this.#id, nowMs)) this.#table.recover(this.#id, nowMs);
    if (!isClaiming) return { ...nothing, sweepAtMs, leaseUntilMs: renewedUntilMs };
    const claimed = this.#table.claim(this.#id, this.#free, nowMs);
    // Who holds nothing has no lease to lose.
    const isFirst = this.isIdle && claimed.rows.length > 0;
    if (isFirst) this.#table.renew(this.#id, true, leaseUntilMs);
    return { ...claimed, sweepAtMs, leaseUntilMs: isFirst ? leaseUntilMs : renewedUntilMs };
  }

  /** The transaction is committed. */
  written({ rows, left, leaseUntilMs, sweepAtMs }: Claimed): void {
    if (leaseUntilMs === 'lost') {
      this.#loseLease();
      return;
    }
    this.#left = left;
    for (const { id } of this.#settlements) this.#runs.delete(id);
    this.#settlements = [];
    this.#sweepAtMs = sweepAtMs;
    if (leaseUntilMs !== undefined) this.#leaseUntilMs = leaseUntilMs;
    if (rows.length === 0) return;
    const runs = rows.map((row) => ({ row, controller: new AbortController() }));
    for (const run of runs) this.#runs.set(run.row.id, run);
    // In a round of their own: answers go out before handlers begin.
    nextRound(() => {
      for (const run of runs) this.#start(run);
    });
  }

  /** How long nothing is to be done, if nothing happens. */
  restMs(nowMs: number): number {
    const { leaseMs } = this.#settings;
    const waits = [pollMs];
    if (!this.isIdle) waits.push(leaseMs / 3);
    if (!this.#isStopped) {
      waits.push(Math.max(sweepPauseMs, this.#sweepAtMs - nowMs));
      if (this.#free > 0) waits.push((this.#table.nextDueMs() ?? nowMs + pollMs) - nowMs);
    }
    return Math.max(1, Math.min(...waits));
  }

  /** Claim nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Take away what still runs, and give it back. */
  release(): void {
    const closed = new WebhookError('WORKER_LOST', 'The receiver was closed');
    // To one that has ended meanwhile this does nothing any more.
    for (const { row, controller } of this.#runs.values()) {
      this.#settlements.push({ id: row.id, attempt: row.attempt, end: { state: 'released' } });
      controller.abort(closed);
    }
  }

  /** Say that the table cannot be used, but not all the time. */
  complain(cause: unknown): void {
    const nowMs = performance.now();
    if (nowMs - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = nowMs;
    this.#worker.logger.error('[twenty-webhooks] the inbox cannot be used; it tries again', cause);
  }

  get #free(): number {
    return this.#settings.concurrency - (this.#runs.size - this.#settlements.length);
  }

  #isRenewalDue(nowMs: number): boolean {
    return !this.isIdle && this.#leaseUntilMs - nowMs <= (this.#settings.leaseMs * 2) / 3;
  }

  #start(run: Run): void {
    const { row, controller } = run;
    void runJob(this.#worker, row, controller, this.#settings.runTimeoutMs).then((end) => {
      if (end === undefined || this.#runs.get(row.id) !== run) return;
      this.#settlements.push({ id: row.id, attempt: row.attempt, end });
      this.#ended(this.#left !== 'nothing' || this.#isStopped);
    });
  }

  #loseLease(): void {
    this.#worker.logger.warn(
      `[twenty-webhooks] ${this.#runs.size} running jobs lost their lease, others may run them: was the event loop blocked for longer than leaseMs?`,
    );
    const lost = new WebhookError('WORKER_LOST', 'The lease ran out: another process may run this job');
    for (const { controller } of this.#runs.values()) controller.abort(lost);
    this.#runs.clear();
    this.#settlements = [];
    this.#id = crypto.randomUUID();
    this.#ended(true);
  }
}

/** How often to look for what other processes left, when nothing else happens. */
const pollMs = 1_000;
const complainEveryMs = 60_000;
const rowsPerSweep = 100;
const sweepPauseMs = 50;
const sweepEveryMs = 3_600_000;
