import { isStoredJobFacts, type JobWorker, type StoredJob, WebhookError, within } from '@twenty-webhooks/core';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { noLimit } from './add-job.ts';
import type { InboxSettings } from './inbox-options.ts';
import { openWorkingClient } from './open-client.ts';
import type { RedisKeys } from './redis-keys.ts';
import type { RedisLog } from './redis-log.ts';
import { runScript } from './redis-script.ts';
import { backoffMs } from './run-failure.ts';
import { runRedisJob, settle } from './run-redis-job.ts';
import { renewScript } from './run-scripts.ts';
import { SettlingWorker } from './settling-worker.ts';
import { startSweeping } from './sweep-index.ts';

/** What a process runs. */
export interface RedisWorker {
  /** Wait until what has ended is written, but not for long. */
  settled(): Promise<void>;
  /** Claim nothing more, wait for what runs, abort the rest and give it back. Ends soon after `graceMs`, whatever Redis does. */
  stop(graceMs: number): Promise<void>;
}

/** A worker of BullMQ that does with a job what `runJob` says. */
export function startRedisWorker(
  jobWorker: JobWorker,
  keys: RedisKeys,
  { settings, log }: { readonly settings: InboxSettings; readonly log: RedisLog },
): RedisWorker {
  const { client, copies } = openWorkingClient(settings.connection);
  client.on('error', log);
  const context = { client, keys, jobWorker, settings, log };
  /** By the ids of the jobs. */
  const running = new Map<string, Run>();
  let isClosing = false;
  let whenEnded = (): void => {};

  const worker = new SettlingWorker(settings.queue, (job) => process(job), {
    connection: client,
    prefix: settings.prefix,
    concurrency: settings.concurrency,
    lockDuration: settings.leaseMs,
    stalledInterval: settings.leaseMs / 4,
    maxStalledCount: noLimit,
    // Kept so long as they are to be known; the dead until somebody decides.
    // Few at a time: Redis does nothing else meanwhile.
    removeOnComplete: { age: Math.ceil(settings.retentionMs / 1_000), limit: 20 },
    settings: { backoffStrategy: backoffMs },
    runRetryDelay: 1_000,
    skipLockRenewal: true,
  });
  worker.on('error', (cause) => {
    log(cause);
    // Redis is there, but full or not ready: BullMQ would ask again at once, thousands of times per second.
    if (cause.name === 'ReplyError') rest();
  });
  const renewing = setInterval(() => void renew().catch(log), settings.leaseMs / 4);
  renewing.unref();
  /** Not BullMQ's own: it goes by the time of day, which may be set back, and renews nothing then. */
  async function renew(): Promise<void> {
    const runs = [...running.entries()];
    if (runs.length === 0) return;
    const args = runs.flatMap(([id, run]) => [id, run.token]);
    const failed = await runScript<string[]>(client, renewScript, [
      keys.ofBull('stalled'),
      keys.jobPrefix,
      settings.leaseMs,
      ...args,
    ]);
    for (const [id, run] of runs) if (failed.includes(id) && running.get(id) === run) run.controller.abort(lost());
  }
  const stopSweeping = startSweeping(client, keys, { retentionMs: settings.retentionMs, log });

  let resting: NodeJS.Timeout | undefined;
  function rest(): void {
    if (resting !== undefined || isClosing) return;
    resting = setTimeout(() => {
      resting = undefined;
      worker.resume().catch(log);
    }, restMs);
    worker.pause(true).catch(log);
  }

  async function process(job: Job<StoredJob>): Promise<void> {
    const id = String(job.id);
    const twin = running.get(id);
    if (twin !== undefined) {
      // This process stood still for so long that its own job was taken from it, and given to it. BullMQ can keep up only
      // one lease for a job: the old run has to be over before the new one begins.
      twin.controller.abort(lost());
      await twin.over;
      return giveBack(job);
    }
    if (isClosing) return giveBack(job);
    if (!isStoredJobFacts(job.data) || typeof job.data.body !== 'string') {
      throw new UnrecoverableError('This job was not put here by the inbox');
    }
    const run = createRun(String(job.token));
    running.set(id, run);
    try {
      const ended = await runRedisJob(job, run.controller, context);
      if (ended !== undefined) {
        worker.hasEnded(job);
        await ended.written;
        return settle(ended.end);
      }
      // Who lost the lease settles nothing.
      if (isLost(run.controller)) throw new WaitingError();
      return await giveBack(job);
    } finally {
      running.delete(id);
      run.end();
      whenEnded();
    }
  }

  async function allEnded(): Promise<void> {
    while (running.size > 0) {
      await new Promise<void>((resolve) => {
        whenEnded = resolve;
      });
    }
  }

  return {
    settled: () => worker.settled(),
    async stop(graceMs) {
      isClosing = true;
      stopSweeping();
      clearTimeout(resting);
      const isConnected = [client, ...copies].every(({ status }) => status === 'ready');
      // BullMQ claims nothing more from now on. Without a connection its `close` would wait for one.
      const closed = isConnected ? worker.close() : worker.pause(true);
      await within(graceMs, allEnded());
      for (const { controller } of running.values()) controller.abort(closing());
      await within(
        settleMs,
        allEnded().then(() => closed),
      );
      clearInterval(renewing);
      // What is still waited for ends with the connection.
      for (const one of [client, ...copies]) one.disconnect();
      if (!isConnected) await within(settleMs, worker.close(true));
    },
  };
}

interface Run {
  readonly controller: AbortController;
  readonly token: string;
  readonly over: Promise<void>;
  end(): void;
}

function createRun(token: string): Run {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { token, controller: new AbortController(), over, end: () => end() };
}

/** As if the run had not begun. BullMQ does nothing more with a job whose processor throws this. */
async function giveBack(job: Job): Promise<never> {
  await job.moveToWait(job.token);
  throw new WaitingError();
}

const lost = (): WebhookError =>
  new WebhookError('WORKER_LOST', 'The lease was lost: the event loop was blocked, or Redis away, for too long');

const closing = (): WebhookError => new WebhookError('INBOX_UNAVAILABLE', 'The inbox was closed');

const isLost = ({ signal }: AbortController): boolean =>
  signal.reason instanceof WebhookError && signal.reason.code === 'WORKER_LOST';

const restMs = 1_000;
/** For what is to be written at the end. */
const settleMs = 1_000;
