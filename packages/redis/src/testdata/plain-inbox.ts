import { randomUUID } from 'node:crypto';
import {
  bodyOf,
  deliveryOf,
  entryEventOf,
  type Inbox,
  type InboxEntry,
  type JobWorker,
  laneOf,
  runJob,
  type StoredJob,
  toStoredJobs,
  WebhookError,
  within,
} from '@twenty-webhooks/core';
import { FlowProducer, type Job, type JobsOptions, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** What can be done wrong. */
export interface PlainParts {
  put(store: PlainStore, entry: InboxEntry): Promise<ReadonlySet<string>>;
  attemptOf(job: Job): number;
  jobOptions: JobsOptions;
  /** Whether jobs of dead workers are looked for. */
  findsTheLost: boolean;
  renewsLocks: boolean;
  abortsTheLost: boolean;
  givesBack: boolean;
  remembersHandled: boolean;
}

export interface PlainStore {
  readonly client: Redis;
  readonly queue: Queue;
  readonly flow: FlowProducer;
  readonly prefix: string;
}

export type PlainJob = StoredJob & { readonly nonce: string };

export const idOf = (key: string): string => `job-${key}`;

export const toFlow = (entry: InboxEntry, jobOptions: JobsOptions) => {
  const nonce = randomUUID();
  const flow = toStoredJobs(entry).map((data) => ({
    name: data.handler,
    queueName: 'plain',
    data: { ...data, nonce },
    opts: { ...jobOptions, jobId: idOf(data.key) },
  }));
  return { nonce, flow };
};

export const jobOptions: JobsOptions = {
  attempts: 1_000,
  backoff: { type: 'asked' },
  removeOnComplete: { age: 1_000 },
};

/** All right, as far as the named cases go: they would find nothing. */
export const rightParts: PlainParts = {
  async put({ flow, client, prefix }, entry) {
    const { nonce, flow: jobs } = toFlow(entry, jobOptions);
    await flow.addBulk(jobs);
    const stored = await Promise.all(jobs.map(({ opts }) => client.hget(`${prefix}:plain:${opts.jobId}`, 'data')));
    const isNew = (index: number): boolean => stored[index]?.includes(nonce) ?? false;
    return new Set(jobs.filter((_, index) => isNew(index)).map(({ data }) => data.key));
  },
  attemptOf: ({ attemptsMade, stalledCounter }) => attemptsMade + stalledCounter + 1,
  jobOptions,
  findsTheLost: true,
  renewsLocks: true,
  abortsTheLost: true,
  givesBack: true,
  remembersHandled: true,
};

/** An inbox as one writes it on BullMQ in an afternoon, to be spoiled in one place at a time. */
export function plainInbox(
  { url, prefix }: { readonly url: string; readonly prefix: string },
  { concurrency, leaseMs }: { readonly concurrency: number; readonly leaseMs: number },
  parts: PlainParts,
): Inbox {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  client.on('error', () => {});
  const queue = new Queue('plain', { connection: client, prefix, skipVersionCheck: true });
  const flow = new FlowProducer({ connection: client, prefix, skipVersionCheck: true });
  queue.on('error', () => {});
  flow.on('error', () => {});
  const running = new Map<string, AbortController>();
  let worker: Worker<PlainJob> | undefined;
  let isClosed = false;

  async function run(jobWorker: JobWorker, job: Job<PlainJob>, token: string): Promise<void> {
    const { data } = job;
    const event = entryEventOf(data);
    const lane = `${prefix}:lane:${laneOf(data.handler, event) ?? ''}`;
    const changedAtMs = event.record?.changedAtMs ?? Number.NaN;
    const isStale = parts.remembersHandled && Number(await client.get(lane)) > changedAtMs;
    const controller = new AbortController();
    running.set(String(job.id), controller);
    const { key, handler } = data;
    const claimed = {
      key,
      handler,
      attempt: parts.attemptOf(job),
      isStale,
      body: bodyOf(data),
      delivery: deliveryOf(data),
    };
    const end = await runJob(jobWorker, claimed, controller, 60_000);
    running.delete(String(job.id));
    if (end === undefined) {
      if (isClosed && parts.givesBack) await job.moveToWait(token);
      throw new WaitingError();
    }
    if (end.state === 'done') return void (isStale || (await client.set(lane, changedAtMs)));
    if (end.state === 'dead') throw new UnrecoverableError(end.error.message);
    throw Object.assign(new Error(end.error.message), { delayMs: end.delayMs });
  }

  return {
    put: async (entry) => {
      if (isClosed) throw new WebhookError('INBOX_UNAVAILABLE', 'closed');
      return parts.put({ client, queue, flow, prefix }, entry);
    },
    work(jobWorker) {
      worker = new Worker<PlainJob>('plain', (job, token = '') => run(jobWorker, job, token), {
        connection: client,
        prefix,
        concurrency,
        lockDuration: leaseMs,
        stalledInterval: leaseMs / 4,
        maxStalledCount: 1_000,
        skipStalledCheck: !parts.findsTheLost,
        skipLockRenewal: !parts.renewsLocks,
        settings: { backoffStrategy: (_made, _type, error) => (error as Error & { readonly delayMs: number }).delayMs },
      });
      worker.on('error', () => {});
      worker.on('lockRenewalFailed', (ids) => {
        if (parts.abortsTheLost) for (const id of ids) running.get(id)?.abort(new Error('lost'));
      });
    },
    async close({ graceMs = 5_000 } = {}) {
      if (isClosed) return;
      const closed = worker?.close();
      const endMs = Date.now() + graceMs;
      while (running.size > 0 && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
      isClosed = true;
      for (const controller of running.values()) controller.abort(new Error('closed'));
      // It may wait for ever; what it leaves behind ends with the process.
      await within(500, Promise.all([closed, queue.close(), flow.close()]));
      client.disconnect();
    },
  };
}
