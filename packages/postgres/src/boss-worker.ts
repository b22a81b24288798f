import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, deliveryOf, type JobWorker, runJob, WebhookError, within } from '@twenty-webhooks/core';
import type { JobWithMetadata } from 'pg-boss';
import type { BossConnection, OpenBoss } from './boss-connection.ts';
import type { Complaints } from './complaints.ts';
import { releaseJobs } from './job-changes.ts';
import { factsOf, type JobData } from './job-data.ts';
import { type LaneState, Lanes } from './lanes.ts';
import type { PostgresSettings } from './postgres-inbox.ts';
import { attemptOf, type Run, Settlements } from './settlements.ts';
import { type Listening, listen, Waker } from './wake.ts';

/**
 * Fetches jobs of pg-boss, one at a time, and runs them. Not with `boss.work`: that takes one job per look, which is slow with
 * many workers and costs as many looks when there is nothing to do, and it counts a run that `close` has ended as an attempt.
 * Not several in one fetch: of a lane it then takes any of them, not the oldest (12.38, `singleton_ranking`).
 */
export class BossWorker {
  readonly #connection: BossConnection;
  readonly #settings: PostgresSettings;
  readonly #worker: JobWorker;
  readonly #complaints: Complaints;
  readonly #lanes: Lanes;
  readonly #settlements: Settlements;
  readonly #waker: Waker;
  /** From the fetch until its end is written. */
  readonly #runs = new Map<string, Run>();
  #fetches = 0;
  /** How often there was a reason to look. */
  #reasons = 0;
  #isStopped = false;
  #pollTimer: NodeJS.Timeout | undefined;
  #renewTimer: NodeJS.Timeout | undefined;
  #listening: Promise<Listening | undefined> | undefined;
  #onChange: (() => void) | undefined;

  constructor(connection: BossConnection, settings: PostgresSettings, worker: JobWorker, complaints: Complaints) {
    this.#connection = connection;
    this.#settings = settings;
    this.#worker = worker;
    this.#complaints = complaints;
    this.#lanes = new Lanes(settings);
    this.#waker = new Waker(settings.queue);
    this.#settlements = new Settlements(connection, settings, this.#lanes, {
      complain: (cause) => this.#complain(cause),
      settled: (runs) => this.#settled(runs),
      due: (delayMs) => {
        // Later than that it looks anyway.
        if (delayMs < pollMs) setTimeout(() => this.look(), delayMs);
      },
    });
    connection.whenOpen(({ db }) => this.#begin(db));
  }

  /** There may be something to do. */
  look(): void {
    this.#reasons++;
    if (this.#fetches === 0) this.#fetchMore(1);
  }

  /** Resolves when all that has ended is written, but in bounded time. */
  async flushed(): Promise<void> {
    await within(releaseMs, this.#settlements.flushed());
  }

  /** Claim nothing more, wait for what runs, give the rest back as if it had not begun. */
  async close(graceMs: number): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#pollTimer);
    await within(
      graceMs,
      this.#until(() => this.#runs.size === 0 && this.#fetches === 0),
    );
    const closed = new WebhookError('WORKER_LOST', 'The receiver was closed');
    const left = [...this.#runs.values()].filter((run) => !this.#settlements.has(run));
    for (const { controller } of left) controller.abort(closed);
    const silent = this.#listening?.then((listening) => listening?.close());
    await within(releaseMs, Promise.all([this.#release(left), this.#settlements.flushed(), silent]));
    clearTimeout(this.#renewTimer);
  }

  #begin(db: OpenBoss['db']): void {
    if (this.#isStopped) return;
    this.#listening = listen(db, this.#settings.queue, () => this.look());
    this.#renewTimer = setTimeout(() => void this.#renew(), this.#renewEveryMs);
    this.look();
  }

  get #renewEveryMs(): number {
    return (this.#settings.leaseSeconds * 1_000) / 3;
  }

  #fetchMore(count: number): void {
    if (this.#connection.opened === undefined) return;
    for (let more = count; more > 0; more--) {
      const isFull = this.#runs.size + this.#fetches >= this.#settings.concurrency;
      if (this.#isStopped || isFull || this.#fetches >= maxFetches) return;
      void this.#fetch();
    }
  }

  async #fetch(): Promise<void> {
    this.#fetches++;
    const seenReasons = this.#reasons;
    let found = false;
    let failed = false;
    try {
      const { boss } = this.#connection.require();
      const [job] = await boss.fetch<JobData>(this.#settings.queue, { includeMetadata: true });
      found = job !== undefined;
      if (job !== undefined) this.#take(job);
    } catch (cause) {
      failed = true;
      this.#complain(cause);
    }
    this.#fetches--;
    this.#onChange?.();
    if (found) this.#fetchMore(2);
    else if (!failed && seenReasons !== this.#reasons) this.#fetchMore(1);
    else if (this.#fetches === 0) this.#lookIn(failed ? failedMs : pollMs);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#pollTimer);
    if (!this.#isStopped) this.#pollTimer = setTimeout(() => this.look(), ms);
  }

  #take(job: JobWithMetadata<JobData>): void {
    const run: Run = { job, facts: factsOf(job.data), controller: new AbortController(), isStale: false };
    this.#runs.set(job.id, run);
    // It came when it was too late.
    void (this.#isStopped ? this.#release([run]) : this.#run(run));
  }

  async #run(run: Run): Promise<void> {
    const { job, facts, controller } = run;
    const lane = await this.#lookAtLane(run);
    if (lane?.hasOlder) {
      await this.#release([run]);
      this.look();
      return;
    }
    run.isStale = lane !== undefined && (facts.changedAtMs ?? Number.POSITIVE_INFINITY) < lane.newestMs;
    const claimed = {
      key: facts.key,
      handler: facts.handler,
      attempt: job.retryCount + 1,
      isStale: run.isStale,
      body: bodyOf(job.data),
      delivery: deliveryOf(facts),
    };
    const end = await runJob(this.#worker, claimed, controller, this.#settings.runTimeoutMs);
    if (end !== undefined && this.#runs.get(job.id) === run) this.#settlements.add(run, end);
  }

  /** As soon as it can be done; not for events without a record. */
  async #lookAtLane({ job, facts, controller }: Run): Promise<LaneState | undefined> {
    while (facts.recordId !== undefined && !controller.signal.aborted) {
      try {
        const { db } = this.#connection.require();
        return await this.#lanes.look(db, job.singletonKey ?? '', job.createdOn);
      } catch (cause) {
        this.#complain(cause);
        await sleep(failedMs);
      }
    }
    return undefined;
  }

  #settled(runs: readonly Run[]): void {
    for (const { job } of runs) this.#runs.delete(job.id);
    this.#onChange?.();
    this.look();
  }

  async #renew(): Promise<void> {
    const runs = [...this.#runs.values()];
    try {
      if (runs.length > 0) await this.#touch(runs);
    } catch (cause) {
      this.#complain(cause);
    }
    if (!this.#connection.isClosed) this.#renewTimer = setTimeout(() => void this.#renew(), this.#renewEveryMs);
  }

  /** Renew leases. Who has lost one must not go on. */
  async #touch(runs: readonly Run[]): Promise<void> {
    const { boss } = this.#connection.require();
    const { settled } = (await boss.touch(this.#settings.queue, runs.map(attemptOf))) as Touched;
    for (const run of runs) {
      // One that is being written just now may have gone for that.
      if (!settled.includes(run.job.id) && !this.#settlements.has(run)) this.#lose(run);
    }
  }

  #lose(run: Run): void {
    if (this.#runs.get(run.job.id) !== run) return;
    this.#runs.delete(run.job.id);
    run.controller.abort(new WebhookError('WORKER_LOST', 'The lease ran out: another process may run this job'));
    this.#onChange?.();
  }

  async #release(runs: readonly Run[]): Promise<void> {
    try {
      const { db } = this.#connection.require();
      if (runs.length > 0) await releaseJobs(db, this.#settings, runs.map(attemptOf));
      if (runs.length > 0) this.#waker.wake(db);
    } catch (cause) {
      this.#complain(cause);
    }
    for (const { job } of runs) this.#runs.delete(job.id);
    this.#onChange?.();
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => isReached() && resolve();
      this.#onChange();
    });
  }

  #complain(cause: unknown): void {
    this.#complaints.complain('the inbox cannot use Postgres as it should; it tries again', cause);
  }
}

/** What `touch` gives, for which pg-boss 12 has no type. */
interface Touched {
  readonly settled: readonly string[];
}

const maxFetches = 4;
/** How often to look for what nobody told: jobs whose time has come, jobs of processes that died. */
const pollMs = 1_000;
const failedMs = 250;
const releaseMs = 2_000;
