import type { StoredJob } from '@twenty-webhooks/core';
import type { Queue } from 'bullmq';
import { addJob } from './add-job.ts';
import { type RedisKeys, toJobId } from './redis-keys.ts';

/**
 * Store jobs in transactions, as BullMQ stores a flow: what comes in during one round of the event loop shares one, since
 * a transaction costs more than what is in it. Resolves with the keys that were new. An id that BullMQ knows stays as it is.
 */
export function createGroupedPuts(
  queue: Queue,
  keys: RedisKeys,
  reconnect: () => Promise<void>,
): (jobs: readonly StoredJob[]) => Promise<ReadonlySet<string>> {
  let waiting: WaitingPut[] = [];

  function send(): void {
    const puts = waiting;
    waiting = [];
    for (let first = 0; first < puts.length; ) {
      let last = first;
      for (let size = 0; last < puts.length && size < groupSize; last++) size += puts[last]?.size ?? 0;
      void store(puts.slice(first, last));
      first = last;
    }
  }

  async function store(puts: readonly WaitingPut[]): Promise<void> {
    try {
      const found = await storeAll(puts).catch(async (cause: unknown) => {
        if (!isScriptGone(cause)) throw cause;
        // Redis has forgotten the script, or has never run it: the client takes it for known as long as it is connected.
        await reconnect();
        return storeAll(puts);
      });
      for (const [index, { jobs, resolve }] of puts.entries()) {
        resolve(new Set(jobs.filter((_, place) => found[index]?.[place] === 0).map(({ key }) => key)));
      }
    } catch (cause) {
      for (const { reject } of puts) reject(cause);
    }
  }

  /** Gives for each put and each of its jobs whether it was there before, as 0 or 1. */
  async function storeAll(puts: readonly WaitingPut[]): Promise<unknown[][]> {
    const transaction = (await queue.getBackend().client).multi();
    const scores: string[] = [];
    for (const { jobs } of puts) {
      // Looked for right before they are stored: nobody can come in between, not even another put of this group.
      for (const { key } of jobs) transaction.runCommand('exists', [keys.jobPrefix + toJobId(key)]);
      for (const data of jobs) scores.push(addJob(transaction, queue, data), toJobId(data.key));
    }
    transaction.runCommand('zadd', [keys.index, 'NX', ...scores]);
    const results = (await transaction.exec()) ?? [];
    for (const [error] of results) if (error !== null) throw error;
    if (results.length !== scores.length + 1) throw new Error('Redis gave up the transaction');
    let next = 0;
    return puts.map(({ jobs }) => {
      const found = results.slice(next, next + jobs.length).map(([, count]) => count);
      next += 2 * jobs.length;
      return found;
    });
  }

  return (jobs) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(send);
      waiting.push({ jobs, size: jobs.length * sizeOf(jobs[0]), resolve, reject });
    });
}

interface WaitingPut {
  readonly jobs: readonly StoredJob[];
  /** About so many bytes. */
  readonly size: number;
  resolve(stored: ReadonlySet<string>): void;
  reject(cause: unknown): void;
}

const isScriptGone = (cause: unknown): boolean => cause instanceof Error && cause.message.startsWith('NOSCRIPT');

const sizeOf = (job: StoredJob | undefined): number => (job?.body.length ?? 0) + 1_000;

/** Redis does nothing else during a transaction. */
const groupSize = 200_000;
