import assert from 'node:assert/strict';
import {
  type EmbeddedInbox,
  type Handler,
  type InboxEntry,
  type JobInfo,
  type JobWorker,
  NonRetryableError,
  RetryAfterError,
} from '@twenty-webhooks/core';
import { silent } from '../inputs/silent-logger.ts';
import { isBusy, learn, modelled, shown } from './compare-jobs.ts';
import { behaviourOf, endJob, laneKey, type ModelJob } from './model-job.ts';
import { askedMs, attempts, goneHandler, maxDelayMs, minDelayMs, retentionMs } from './settings.ts';

export type OpenInbox = (now: () => number) => EmbeddedInbox;

/** An inbox beside the model of what must be in it. */
export class InboxWorld {
  nowMs = 1_795_448_103_416;
  readonly jobs = new Map<string, ModelJob>();
  readonly #open: OpenInbox;
  #inbox: EmbeddedInbox;
  /** Runs that wait to be let go. */
  readonly hanging = new Map<string, () => void>();
  #problem: unknown;
  /** Handled, but no longer kept. */
  readonly #forgotten: ModelJob[] = [];
  #arrivals = 0;

  constructor(open: OpenInbox) {
    this.#open = open;
    this.#inbox = this.#start();
  }

  #start(): EmbeddedInbox {
    const inbox = this.#open(() => this.nowMs);
    const retry = { attempts, minDelayMs, maxDelayMs };
    const handlerOf: JobWorker['handlerOf'] = (name) => (name === goneHandler ? undefined : this.#handler(name));
    inbox.work({ handlerOf, retry, schemas: undefined, logger: silent, observe: undefined });
    return inbox;
  }

  get inspection(): EmbeddedInbox['inspection'] {
    return this.#inbox.inspection;
  }

  /** Put entries at the same time; exactly one of them has each key that was new. */
  async put(entries: readonly InboxEntry[]): Promise<void> {
    const before = this.nowMs;
    // The model has them first: a handler may run before `put` has resolved.
    const fresh = new Set<string>();
    const perhaps = new Map<string, ModelJob>();
    for (const entry of entries) {
      for (const { key, handler } of entry.jobs) {
        const known = this.jobs.get(key);
        if (known !== undefined && !this.#mayBeForgotten(known)) continue;
        if (known !== undefined) perhaps.set(key, known);
        if (known === undefined) fresh.add(key);
        const times = { storedAtMs: before, dueAtMs: before };
        const start = { state: 'waiting', attempt: 0, isPurged: false, isHandled: false, runs: 0 } as const;
        this.jobs.set(key, { key, handler, entry, order: this.#arrivals++, ...times, ...start });
      }
    }
    const stored = await Promise.all(entries.map((entry) => this.#inbox.put(entry, { timeoutMs: 5_000 })));
    const keys = stored.flatMap((some) => [...some]);
    for (const [key, known] of perhaps) {
      if (keys.includes(key)) {
        this.#forgotten.push(known);
        fresh.add(key);
      } else {
        this.jobs.set(key, known);
      }
    }
    assert.deepEqual(keys.sort(), [...fresh].sort(), 'each new key is stored once');
    await this.settle();
  }

  async moveClock(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.settle();
  }

  async release(): Promise<void> {
    for (const letGo of this.hanging.values()) letGo();
    await this.settle();
  }

  /** What runs is given back at once, as if it had not been claimed. */
  async reopen(): Promise<void> {
    await this.close();
    for (const job of this.jobs.values()) {
      if (job.state !== 'running') continue;
      job.state = 'waiting';
      job.attempt--;
    }
    this.#inbox = this.#start();
    await this.settle();
  }

  async close(): Promise<void> {
    await this.#inbox.close({ graceMs: 0 });
    this.hanging.clear();
  }

  #handler(name: string): Handler {
    return async (event, context) => {
      const job = this.jobs.get(context.idempotencyKey);
      try {
        assert.ok(job !== undefined && job.handler === name, 'a job that was put, for this handler');
        assert.deepEqual(event.raw, job.entry.parsed.raw);
        this.#begin(job, context);
      } catch (error) {
        this.#problem ??= error;
        throw error;
      }
      await this.#behave(job, context.signal);
    };
  }

  #begin(job: ModelJob, { attempt, isStale }: { readonly attempt: number; readonly isStale: boolean }): void {
    const { key } = job;
    assert.equal(job.state, 'waiting', `${key} is run while it is ${job.state}`);
    assert.ok(job.dueAtMs <= this.nowMs, `${key} is run before its time`);
    assert.equal(attempt, job.attempt + 1, `attempt of ${key}`);
    const lane = laneKey(job);
    const others = [...this.jobs.values()].filter(
      (other) => lane !== undefined && laneKey(other) === lane && other !== job,
    );
    assert.ok(!others.some(({ state }) => state === 'running'), `${key} runs beside another of its record`);
    const isNewer = (other: ModelJob): boolean =>
      other.isHandled &&
      laneKey(other) === lane &&
      changeOf(other, Number.NEGATIVE_INFINITY) > changeOf(job, Number.POSITIVE_INFINITY);
    const mayBeStale = [...others, ...this.#forgotten].some(isNewer);
    // What is older than the retention time may be gone, since a moment ago too.
    const mustBeStale = others.some((other) => isNewer(other) && !this.#isOld(other));
    assert.ok(isStale ? mayBeStale : !mustBeStale, `isStale of ${key} is ${isStale}`);
    Object.assign(job, { state: 'running', attempt, runs: job.runs + 1 });
  }

  async #behave(job: ModelJob, signal: AbortSignal): Promise<void> {
    const behaviour = behaviourOf(job);
    if (behaviour === 'hang') {
      await new Promise<void>((resolve) => {
        this.hanging.set(job.key, resolve);
        signal.addEventListener('abort', () => resolve());
      });
      this.hanging.delete(job.key);
      // Taken away: `reopen` knows what becomes of it.
      if (signal.aborted) return;
    }
    if (behaviour === 'ok' || behaviour === 'hang') {
      endJob(job, 'done', this.nowMs);
      return;
    }
    const message = `run ${job.runs}`;
    job.lastError = message;
    if (behaviour === 'non-retryable' || job.attempt >= attempts) endJob(job, 'dead', this.nowMs);
    else {
      const full = Math.min(maxDelayMs, minDelayMs * 2 ** (job.attempt - 1));
      const bounds = behaviour === 'retry-after' ? ([askedMs, askedMs] as const) : ([full / 2, full] as const);
      Object.assign(job, {
        state: 'waiting',
        dueBounds: [this.nowMs + bounds[0], this.nowMs + bounds[1]],
        dueAtMs: Number.POSITIVE_INFINITY,
      });
    }
    if (behaviour === 'non-retryable') throw new NonRetryableError(message);
    if (behaviour === 'retry-after') throw new RetryAfterError(askedMs, message);
    throw new Error(message);
  }

  /** Wait until nothing is left that could run now, then compare everything. */
  async settle(): Promise<void> {
    for (let turn = 0; ; turn++) {
      // A write that changes nothing: whatever has ended is written with it, whatever is due is claimed.
      await this.inspection.retry('no such job');
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      const found = await this.inspection.list({ limit: 1_000 });
      if (this.#problem !== undefined) throw this.#problem;
      if (!found.some((job) => isBusy(job, found, this))) {
        this.#compare(found);
        return;
      }
      assert.ok(turn < 2_000, `stuck: ${JSON.stringify(found.filter((job) => isBusy(job, found, this)))}`);
    }
  }

  #compare(found: readonly JobInfo[]): void {
    const expected = [...this.jobs.values()].filter((job) => !job.isPurged && !this.#isSwept(job, found));
    const newestFirst = expected.sort((one, other) => other.order - one.order);
    for (const job of newestFirst) learn(job, { found, nowMs: this.nowMs });
    assert.deepEqual(found.map(shown), newestFirst.map(modelled));
  }

  /** Done jobs are forgotten after the retention time; when exactly, is the inbox's matter. */
  #isSwept(job: ModelJob, found: readonly JobInfo[]): boolean {
    if (job.state !== 'done' || !this.#isOld(job) || found.some(({ key }) => key === job.key)) return false;
    this.jobs.delete(job.key);
    this.#forgotten.push(job);
    return true;
  }

  #isOld({ storedAtMs }: ModelJob): boolean {
    return storedAtMs < this.nowMs - retentionMs;
  }

  /** Nobody can see whether the key of a purged job is still known. */
  #mayBeForgotten(job: ModelJob): boolean {
    return job.isPurged && this.#isOld(job);
  }
}

const changeOf = ({ entry: { event } }: ModelJob, otherwise: number): number => event.record?.changedAtMs ?? otherwise;
