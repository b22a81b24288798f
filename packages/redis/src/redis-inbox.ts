import {
  type Inbox,
  type InboxInspection,
  invalidOption,
  type JobWorker,
  type Logger,
  toStoredJobs,
  WebhookError,
  within,
} from '@twenty-webhooks/core';
import { Queue } from 'bullmq';
import { checkRedis } from './check-redis.ts';
import { createGroupedPuts } from './grouped-puts.ts';
import { type RedisInboxOptions, toInboxSettings } from './inbox-options.ts';
import { inspectRedis } from './inspect-redis.ts';
import { toRedisError } from './redis-errors.ts';
import { toRedisKeys } from './redis-keys.ts';
import { RedisLink } from './redis-link.ts';
import { createRedisLog } from './redis-log.ts';
import { type RedisWorker, startRedisWorker } from './redis-worker.ts';

/** An inbox on Redis, with a look at its jobs and a word when it is ready. */
export type RedisInbox = Inbox & {
  readonly inspection: InboxInspection;
  /**
   * Resolves when Redis can be used. Rejects as soon as it is known why it cannot; the inbox goes on trying.
   *
   * @throws INBOX_INVALID, INBOX_UNAVAILABLE, with what to do
   */
  ready(): Promise<void>;
};

/**
 * An inbox on Redis, for any number of machines: a thin layer on BullMQ, whose queue keeps the jobs, and whose workers claim
 * them, renew their locks and find the lost. It connects at once; until then, and whenever Redis is away, deliveries are
 * answered with 503.
 *
 * @throws OPTION_INVALID
 * @example
 * createReceiver({ inbox: redisInbox({ connection: 'redis://127.0.0.1:6379' }), on: { 'person.created': async ({ data }) => {} } });
 */
export function redisInbox(options: RedisInboxOptions): RedisInbox {
  const settings = toInboxSettings(options);
  const { connection, queue: name, prefix, logger, retentionMs } = settings;
  const keys = toRedisKeys(prefix, name);
  let current: Logger = logger ?? console;
  const log = createRedisLog(() => current);
  const link = new RedisLink({ connection, check: (client) => checkRedis(client, keys, current), log });
  const queue = new Queue(name, {
    connection: link.client,
    prefix,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    skipMetasUpdate: true,
  });
  queue.on('error', log);
  const store = createGroupedPuts(queue, keys, () => link.reconnect());
  const puts = new Set<Promise<unknown>>();
  let jobWorker: JobWorker | undefined;
  let worker: RedisWorker | undefined;
  let closing: Promise<void> | undefined;
  let isClosed = false;

  async function close(graceMs: number): Promise<void> {
    await worker?.stop(graceMs);
    isClosed = true;
    // What was sent already is stored, perhaps: its answer is waited for.
    await within(flushMs, Promise.allSettled(puts));
    link.close();
    await queue.close();
  }

  return {
    async put(entry, { timeoutMs }) {
      if (isClosed) throw new WebhookError('INBOX_UNAVAILABLE', 'The inbox is closed');
      const putting = link.usable(Math.min(connectMs, timeoutMs / 2)).then(() => store(toStoredJobs(entry)));
      puts.add(putting);
      try {
        const stored = await within(timeoutMs, putting);
        if (stored !== undefined) return stored.value;
      } catch (cause) {
        throw toRedisError(cause);
      } finally {
        puts.delete(putting);
      }
      throw toRedisError(new Error(`Command timed out after ${timeoutMs} ms`));
    },
    work(given) {
      if (closing !== undefined) throw new WebhookError('INBOX_UNAVAILABLE', 'The inbox is closed');
      if (jobWorker !== undefined) {
        throw invalidOption('This inbox has a receiver already: make one inbox for each receiver');
      }
      jobWorker = given;
      if (logger === undefined) current = given.logger;
      link.whenUsable(() => {
        if (closing === undefined) worker = startRedisWorker(given, keys, { settings, log });
      });
    },
    close({ graceMs = 5_000 } = {}) {
      closing ??= close(graceMs);
      return closing;
    },
    ready: () => link.ready(),
    inspection: inspectRedis({ link, queue, keys, retentionMs, settled: async () => worker?.settled() }),
  };
}

/** How long a delivery waits for a connection that may be there in a moment. */
const connectMs = 1_000;
/** For puts that wait for their answer when the inbox closes. */
const flushMs = 1_500;
