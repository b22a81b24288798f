import { type StoredJob, within } from '@twenty-webhooks/core';
import { type Job, Worker } from 'bullmq';

/** A worker that knows which runs have ended without BullMQ having written it yet. */
export class SettlingWorker extends Worker<StoredJob> {
  readonly #settling = new Set<Promise<unknown>>();
  readonly #processing = new WeakMap<Job, Promise<unknown>>();

  override processJob(...args: Parameters<Worker<StoredJob>['processJob']>): ReturnType<Worker['processJob']> {
    // It begins with the next turn, when it can be found.
    const processing = Promise.resolve().then(() => super.processJob(...args));
    this.#processing.set(args[0], processing);
    return processing;
  }

  /** Call this when the run of a job is over. */
  hasEnded(job: Job): void {
    const processing = this.#processing.get(job);
    if (processing === undefined) return;
    this.#settling.add(processing);
    const forget = (): void => void this.#settling.delete(processing);
    processing.then(forget, forget);
  }

  /** Wait until all that has ended is written, but not for long. */
  async settled(): Promise<void> {
    if (this.#settling.size > 0) await within(settleMs, Promise.all(this.#settling));
  }
}

const settleMs = 1_000;
