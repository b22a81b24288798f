import { setTimeout as sleep } from 'node:timers/promises';
import {
  bodyOf,
  deliveryOf,
  type JobError,
  type JobWorker,
  runJob,
  type StoredJob,
  type StoredJobFacts,
  WebhookError,
  within,
} from '@twenty-webhooks/core';
import type { JobWithMetadata } from 'pg-boss';
import type { BossConnection, OpenBoss } from './boss-connection.ts';
import { releaseJobs } from './job-changes.ts';
import { type JobData, readFacts } from './job-data.ts';
import { type LaneState, Lanes } from './lanes.ts';
import { type PostgresSettings, shortestLeaseMs } from './postgres-settings.ts';
import { attemptOf, type Run, Settlements } from './settlements.ts';
import { Listener, Waker } from './wake.ts';

/**
 * Fetches jobs of pg-boss, one at a time, and runs them. Not with `boss.work`: that takes one job per look, which is slow with
 * many workers and costs as many looks when there is nothing to do, and it counts a run that `close` has ended as an attempt.
 * Not several in one fetch: of a lane it then takes any of them, not the oldest (12.38, `singleton_ranking`).
 */
export class BossWorker {
  readonly #connection: BossConnection;
  readonly #settings: PostgresSettings;
  readonly #worker: JobWorker;
  readonly #lanes: Lanes;
  readonly #settlements: Settlements;
  readonly #waker: Waker;
  readonly #listener: Listener;
  /** From the fetch until its end is written. */
  readonly #runs = new Map<string, Run>();
  #fetches = 0;
  /** How often there was a reason to look. */
  #reasons = 0;
  #isStopped = false;
  #pollTimer: NodeJS.Timeout | undefined;
  #renewTimer: NodeJS.Timeout | undefined;
  /** Jobs that are being given back. */
  readonly #releases = new Set<Promise<void>>();
  #onChange: (() => void) | undefined;

  constructor(connection: BossConnection, settings: PostgresSettings, worker: JobWorker) {
    this.#connection = connection;
    this.#settings = settings;
    this.#worker = worker;
    this.#lanes = new Lanes(settings);
    this.#waker = new Waker(settings.queue);
    this.#listener = new Listener(settings.queue, () => this.look());
    this.#settlements = new Settlements(connection, settings, this.#lanes, {
      complain: connection.complain,
      settled: (runs) => this.#settled(runs),
      due: (delayMs) => {
        // Later than that it looks anyway.
        if (delayMs < pollMs) setTimeout(() => this.look(), delayMs);
      },
    });
    connection.whenOpen((opened) => this.#begin(opened));
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
    // What is just being fetched is ours already.
    await within(
      releaseMs,
      this.#until(() => this.#fetches === 0),
    );
    const closed = new WebhookError('WORKER_LOST', 'The receiver was closed');
    const left = [...this.#runs.values()].filter((run) => !this.#settlements.has(run));
    for (const { controller } of left) controller.abort(closed);
    const released = Promise.all([this.#release(left), ...this.#releases]);
    await within(releaseMs, Promise.all([released, this.#settlements.flushed(), this.#listener.close()]));
    clearTimeout(this.#renewTimer);
  }

  #begin({ boss }: OpenBoss): void {
    if (this.#isStopped) return;
    this.#listener.start(boss.getDb());
    this.#renewTimer = setTimeout(() => void this.#renew(), renewEveryMs);
    this.look();
  }

  #fetchMore(count: number): void {
    if (this.#connection.opened === undefined) {
      this.#lookIn(pollMs);
      return;
    }
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
      const { boss, workDb: db } = this.#connection.require();
      const [job] = await boss.fetch<Partial<JobData> | null>(this.#settings.queue, { includeMetadata: true, db });
      found = job !== undefined;
      if (job !== undefined) this.#take(job);
    } catch (cause) {
      failed = true;
      this.#connection.mend(cause);
      this.#connection.complain(cause);
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

  #take(job: JobWithMetadata<Partial<JobData> | null>): void {
    const facts = readFacts(job.data);
    const run: Run = { job, facts: facts ?? foreign, controller: new AbortController(), isStale: false };
    this.#runs.set(job.id, run);
    // It came when it was too late.
    if (this.#isStopped) void this.#release([run]);
    else if (facts === undefined) this.#settlements.add(run, { state: 'dead', error: notOurs });
    else void this.#run(run, { ...facts, body: job.data?.body ?? '' });
  }

  async #run(run: Run, stored: StoredJob): Promise<void> {
    const { job, facts, controller } = run;
    const lane = await this.#lookAtLane(run);
    if (lane?.hasOlder) {
      await this.#release([run]);
      // Somebody holds the older one; looking at once would find the same.
      this.#lookIn(failedMs * (0.5 + Math.random()));
      return;
    }
    run.isStale = lane !== undefined && (facts.changedAtMs ?? Number.POSITIVE_INFINITY) < lane.newestMs;
    const claimed = {
      key: stored.key,
      handler: stored.handler,
      attempt: job.retryCount + 1,
      isStale: run.isStale,
      body: bodyOf(stored),
      delivery: deliveryOf(stored),
    };
    const end = await runJob(this.#worker, claimed, controller, this.#settings.runTimeoutMs);
    if (end !== undefined && this.#runs.get(job.id) === run) this.#settlements.add(run, end);
  }

  /** As soon as it can be done; not for events without a record. */
  async #lookAtLane({ job, facts, controller }: Run): Promise<LaneState | undefined> {
    while (facts.recordId !== undefined && !controller.signal.aborted) {
      try {
        return await this.#lanes.look(this.#connection.require().workDb, job);
      } catch (cause) {
        this.#connection.complain(cause);
        await sleep(failedMs);
      }
    }
    return undefined;
  }

  #settled(runs: readonly Run[]): void {
    for (const run of runs) this.#forget(run);
    this.look();
  }

  async #renew(): Promise<void> {
    const runs = [...this.#runs.values()];
    try {
      if (runs.length > 0) await this.#touch(runs);
    } catch (cause) {
      this.#connection.complain(cause);
    }
    if (!this.#connection.isClosed) this.#renewTimer = setTimeout(() => void this.#renew(), renewEveryMs);
  }

  /** Renew leases. Who has lost one must not go on. */
  async #touch(runs: readonly Run[]): Promise<void> {
    const { boss, workDb: db } = this.#connection.require();
    const { settled } = (await boss.touch(this.#settings.queue, runs.map(attemptOf), { db })) as Touched;
    for (const run of runs) {
      // One that is being written just now may have gone for that.
      if (!settled.includes(run.job.id) && !this.#settlements.has(run)) this.#lose(run);
    }
  }

  #lose(run: Run): void {
    if (!this.#forget(run)) return;
    run.controller.abort(new WebhookError('WORKER_LOST', 'The lease ran out: another process may run this job'));
    this.look();
  }

  /** The place is free. Not if the job is here once more already, in another run. */
  #forget(run: Run): boolean {
    const isHere = this.#runs.get(run.job.id) === run;
    if (isHere) this.#runs.delete(run.job.id);
    this.#onChange?.();
    return isHere;
  }

  #release(runs: readonly Run[]): Promise<void> {
    const releasing = this.#giveBack(runs).finally(() => this.#releases.delete(releasing));
    this.#releases.add(releasing);
    return releasing;
  }

  async #giveBack(runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      const { workDb } = this.#connection.require();
      await releaseJobs(workDb, this.#settings, runs.map(attemptOf));
      this.#waker.wake(workDb);
    } catch (cause) {
      this.#connection.complain(cause);
    }
    for (const run of runs) this.#forget(run);
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => isReached() && resolve();
      this.#onChange();
    });
  }
}

/** What `touch` gives, for which pg-boss 12 has no type. */
interface Touched {
  readonly settled: readonly string[];
}

/** Somebody else's, in our queue: it is dead at once, and shown by pg-boss alone. */
const foreign: StoredJobFacts = {
  key: '',
  handler: '',
  event: '',
  eventId: '',
  workspaceId: '',
  delivery: {},
  headers: {},
};
const notOurs: JobError = { name: 'Error', message: 'This job was not put here by the inbox' };

const maxFetches = 4;
/** The lease of a job is set where it was received. */
const renewEveryMs = shortestLeaseMs / 3;
/** How often to look for what nobody told: jobs whose time has come, jobs of processes that died. */
const pollMs = 1_000;
const failedMs = 250;
const releaseMs = 2_000;
