import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEnd, JobError, StoredJobFacts } from '@twenty-webhooks/core';
import type { JobAttempt, JobWithMetadata } from 'pg-boss';
import type { BossConnection, OpenBoss } from './boss-connection.ts';
import { makeLast, retryLater } from './job-changes.ts';
import { storable } from './job-data.ts';
import type { Lanes } from './lanes.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** A job in this process. */
export interface Run {
  readonly job: JobWithMetadata<unknown>;
  readonly facts: StoredJobFacts;
  readonly controller: AbortController;
  isStale: boolean;
}

interface Ended {
  readonly run: Run;
  readonly end: JobEnd;
}

export interface SettlementHooks {
  complain(cause: unknown): void;
  /** It is written; or somebody else has the job now. */
  settled(runs: readonly Run[]): void;
  /** A job of this process may run again after this. */
  due(delayMs: number): void;
}

/**
 * Writes how runs ended: those that ended while one write is on its way go together into the next. What cannot be written is
 * tried again; by `retryCount` pg-boss knows whether the job is still ours, and leaves it alone if not.
 */
export class Settlements {
  readonly #connection: BossConnection;
  readonly #settings: PostgresSettings;
  readonly #lanes: Lanes;
  readonly #hooks: SettlementHooks;
  readonly #open = new Set<Run>();
  #waiting: Ended[] = [];
  #isWriting = false;
  #onFlushed: (() => void)[] = [];

  constructor(connection: BossConnection, settings: PostgresSettings, lanes: Lanes, hooks: SettlementHooks) {
    this.#connection = connection;
    this.#settings = settings;
    this.#lanes = lanes;
    this.#hooks = hooks;
  }

  /** Whether the run has ended, but that is not written yet. */
  has(run: Run): boolean {
    return this.#open.has(run);
  }

  add(run: Run, end: JobEnd): void {
    this.#open.add(run);
    this.#waiting.push({ run, end });
    void this.#write();
  }

  /** Resolves when all that has ended by now is written. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFlushed.push(resolve);
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    // What ends in this round of the event loop goes together.
    await undefined;
    while (this.#waiting.length > 0) {
      const ended = this.#waiting;
      this.#waiting = [];
      // What had ended when they asked is in this group, or in one before.
      const asking = this.#onFlushed.splice(0);
      const done = ended.filter(({ end }) => end.state === 'done');
      if (done.length > 0) await this.#try(done, (open) => this.#finish(open, done));
      for (const one of ended) {
        const { run, end } = one;
        if (end.state === 'retry') await this.#try([one], (open) => this.#retry(open, run, end));
        if (end.state === 'dead') await this.#try([one], (open) => this.#bury(open, run, end.error));
      }
      if (ended.some(({ run }) => this.#open.has(run))) this.#onFlushed.push(...asking);
      else for (const resolve of asking) resolve();
    }
    this.#isWriting = false;
    for (const resolve of this.#onFlushed.splice(0)) resolve();
  }

  async #try(ended: readonly Ended[], write: (open: OpenBoss) => Promise<void>): Promise<void> {
    try {
      await write(this.#connection.require());
    } catch (cause) {
      // Their leases run out, and others run them.
      if (this.#connection.isClosed) return;
      this.#hooks.complain(cause);
      this.#waiting.push(...ended);
      await sleep(pauseMs);
      return;
    }
    const runs = ended.map(({ run }) => run);
    for (const run of runs) this.#open.delete(run);
    this.#hooks.settled(runs);
  }

  async #finish({ boss, workDb: db }: OpenBoss, ended: readonly Ended[]): Promise<void> {
    const { queue, retentionSeconds } = this.#settings;
    const newest = new Map<string, number>();
    for (const { run } of ended) {
      const { changedAtMs } = run.facts;
      const lane = run.job.singletonKey;
      if (lane !== null && changedAtMs !== undefined && !run.isStale) newest.set(lane, changedAtMs);
    }
    // Before the job is done: if the process dies in between, the job is run once more, and nothing is forgotten.
    if (newest.size > 0) await this.#lanes.remember(db, newest, retentionSeconds);
    await boss.complete(
      queue,
      ended.map(({ run }) => attemptOf(run)),
      null,
      { db },
    );
  }

  async #retry({ workDb }: OpenBoss, run: Run, { delayMs, error }: JobEnd & { state: 'retry' }): Promise<void> {
    await retryLater(workDb, this.#settings, { attempt: attemptOf(run), delayMs, output: toOutput(error) });
    this.#hooks.due(delayMs);
  }

  async #bury({ boss, workDb: db }: OpenBoss, run: Run, error: JobError): Promise<void> {
    await makeLast(db, this.#settings, attemptOf(run));
    await boss.fail(this.#settings.queue, attemptOf(run), toOutput(error), { db });
  }
}

/** By which pg-boss knows whether a run is still ours. */
export const attemptOf = ({ job: { id, retryCount } }: Run): JobAttempt => ({ id, retryCount });

/** An error as `output` can keep it. */
function toOutput({ name, message, code, stack }: JobError): object {
  return {
    name: storable(name),
    message: storable(message),
    ...(code !== undefined && { code: storable(code) }),
    ...(stack !== undefined && { stack: storable(stack) }),
  };
}

const pauseMs = 250;
