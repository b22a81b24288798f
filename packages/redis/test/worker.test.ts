import { setTimeout as sleep } from 'node:timers/promises';
import {
  createGate,
  describeWith,
  durableRedis,
  findProgram,
  type StartedRedis,
  startRedis,
} from '@twenty-webhooks/services';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import { type OpenedOptions, type OpenedReceiver, openReceiver } from './opened-receiver.ts';

// What happens to Redis or to the clock while handlers run.

/** Long enough that a renewal may come two seconds late. */
const leaseMs = 3_000;
const until = (assertion: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 20 });

vi.setConfig({ testTimeout: 60_000 });

describeWith(findProgram('redis-server'), 'redisInbox while handlers run', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function start(): Promise<{ redis: StartedRedis; admin: Redis }> {
    const redis = await startRedis({ settings: durableRedis });
    const admin = new Redis(redis.url);
    cleanUps.push(
      () => redis.close(),
      () => admin.disconnect(),
    );
    return { redis, admin };
  }
  async function open(
    redis: StartedRedis,
    { leaseMs, ...options }: OpenedOptions & { readonly leaseMs?: number } = {},
  ): Promise<OpenedReceiver> {
    const opened = openReceiver({ connection: redis.url, ...(leaseMs !== undefined && { leaseMs }) }, options);
    cleanUps.push(() => opened.receiver.close({ graceMs: 0 }));
    await opened.inbox.ready();
    return opened;
  }

  it('the clock is set back: the lease is renewed all the same, and nobody else runs the job', async () => {
    const { redis } = await start();
    const signals: AbortSignal[] = [];
    const end = createGate();
    const handler: OpenedOptions['handler'] = async (_event, { signal }) => {
      signals.push(signal);
      await end.opened;
    };
    const [one] = [await open(redis, { leaseMs, handler }), await open(redis, { leaseMs, handler })];
    await one.deliver();
    await until(() => expect(signals).toHaveLength(1));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 });
    // The lease, what it takes others to look for the lost, and some.
    await sleep(1.5 * leaseMs);
    end.open();
    await until(async () => expect(await one.inbox.inspection.counts()).toMatchObject({ running: 0, done: 1 }));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('Redis is full for longer than the lease: the run goes on, and is not repeated', async () => {
    const { redis, admin } = await start();
    const end = createGate();
    const opened = await open(redis, { leaseMs, handler: () => end.opened });
    await opened.deliver();
    await until(() => expect(opened.runs).toHaveLength(1));
    await admin.config('SET', 'maxmemory', '1');
    await sleep(1.5 * leaseMs);
    end.open();
    await until(() => expect(opened.ended).toHaveLength(1));
    await sleep(500);
    await admin.config('SET', 'maxmemory', '0');
    await until(async () => expect(await opened.inbox.inspection.counts()).toMatchObject({ running: 0, done: 1 }));
    expect(opened.runs).toHaveLength(1);
  });

  const mishaps: Record<string, (admin: Redis) => Promise<unknown>> = {
    'Redis is full': (admin) => admin.config('SET', 'maxmemory', '1'),
    'Redis has forgotten all scripts': (admin) => admin.script('FLUSH'),
  };
  it.each(Object.entries(mishaps))(
    '%s when a handler fails: its error is kept, and its attempts',
    async (_name, happen) => {
      const { redis, admin } = await start();
      let isMended = false;
      const opened = await open(redis, {
        retry: { attempts: 1 },
        handler: async () => {
          if (isMended) return;
          await happen(admin);
          throw new Error('what went wrong');
        },
      });
      await opened.deliver();
      await until(async () => expect(await opened.inbox.inspection.counts()).toMatchObject({ dead: 1 }));
      const [dead] = await opened.inbox.inspection.list({ state: 'dead' });
      expect(dead).toMatchObject({ attempt: 1, lastError: { message: 'what went wrong' } });
      await admin.config('SET', 'maxmemory', '0');
      isMended = true;
      expect(await opened.inbox.inspection.retry(String(dead?.key))).toBe(1);
      await until(() =>
        expect(opened.ended.map(({ result, attempt }) => [result, attempt])).toEqual([
          ['dead', 1],
          ['done', 1],
        ]),
      );
    },
  );

  it("somebody else's jobs in the queue are failed at once, and disturb neither work nor inspection", async () => {
    const { redis, admin } = await start();
    const opened = await open(redis);
    const queue = new Queue('twenty-webhooks', { connection: admin });
    queue.on('error', () => {});
    cleanUps.push(() => queue.close());
    for (const data of [null, 'text', {}, { a: { x: 1, body: 'hi' } }, { key: 'k', handler: 'h', delivery: {} }]) {
      await queue.add('theirs', data, { removeOnFail: false });
    }
    await opened.deliver();
    await until(() => expect(opened.ended.map(({ result }) => result)).toEqual(['done']));
    await until(async () => expect(await queue.getFailedCount()).toBe(5));
    expect((await opened.inbox.inspection.list()).map(({ state }) => state)).toEqual(['done']);
    expect(await opened.inbox.inspection.purge()).toBe(1);
  });
});
