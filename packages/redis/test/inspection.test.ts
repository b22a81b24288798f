import { randomUUID } from 'node:crypto';
import { NonRetryableError } from '@twenty-webhooks/core';
import { describeWith } from '@twenty-webhooks/services';
import { sampleEvent } from '@twenty-webhooks/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, expect, it, vi } from 'vitest';
import { toRedisKeys } from '../src/redis-keys.ts';
import { sweepIndex } from '../src/sweep-index.ts';
import { findTestRedis } from './find-test-redis.ts';
import { openReceiver } from './opened-receiver.ts';

const until = (assertion: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 20 });

vi.setConfig({ testTimeout: 60_000 });

describeWith(await findTestRedis(), 'redisInbox and BullMQ', (server) => {
  afterAll(() => server.close());

  /** A receiver, and the queue as its owner sees it with BullMQ. */
  function open(options: Parameters<typeof openReceiver>[1] = {}, settings: object = {}) {
    const prefix = `test-${randomUUID()}`;
    const opened = openReceiver({ connection: server.url, prefix, ...settings }, options);
    const client = new Redis(server.url, { maxRetriesPerRequest: null });
    const queue = new Queue('twenty-webhooks', { connection: client, prefix });
    const close = async (): Promise<void> => {
      await opened.receiver.close({ graceMs: 100 });
      await queue.obliterate({ force: true });
      await queue.close();
      client.disconnect();
    };
    return { ...opened, keys: toRedisKeys(prefix, 'twenty-webhooks'), client, queue, close };
  }

  it('many jobs: pages, filters, retry and purge go over all of them, step by step', async () => {
    let isRepaired = false;
    const dies = (): void => {
      if (!isRepaired) throw new NonRetryableError('no');
    };
    const { inbox, deliver, ended, close } = open({ handler: dies, work: true });
    const names = Array.from({ length: 450 }, (_, index) => (index % 3 ? 'person.created' : 'company.created'));
    const ids: string[] = [];
    for (const name of names) ids.push((await deliver(sampleEvent(name))).id);
    await until(() => expect(ended.length).toBe(450));
    const { inspection } = inbox;
    await until(async () => expect(await inspection.counts()).toMatchObject({ dead: 450 }));
    const newestFirst = [...ids].reverse();
    const listed = async (filter: Parameters<typeof inspection.list>[0]): Promise<string[]> =>
      (await inspection.list(filter)).map(({ eventId }) => eventId);
    expect(await listed({ limit: 1_000 })).toEqual(newestFirst);
    expect(await listed({ limit: 1_000, state: 'dead' })).toEqual(newestFirst);
    expect(await listed({ limit: 1_000, state: 'done' })).toEqual([]);
    const ofCompanies = newestFirst.filter((_, index) => names[449 - index] === 'company.created');
    expect(await listed({ limit: 1_000, object: 'company' })).toEqual(ofCompanies);
    for (const state of [undefined, 'dead'] as const) {
      const page = await inspection.list({ limit: 230, state });
      expect(await listed({ limit: 500, state, before: page.at(-1)?.key })).toEqual(newestFirst.slice(230));
    }
    isRepaired = true;
    expect(await inspection.retry({ object: 'company' })).toBe(150);
    await until(async () =>
      expect(await inspection.counts()).toEqual({ waiting: 0, running: 0, done: 150, dead: 300 }),
    );
    expect(await inspection.purge({ state: 'dead', object: 'company' })).toBe(0);
    expect(await inspection.purge({ state: 'dead', object: 'person' })).toBe(300);
    expect(await inspection.purge()).toBe(150);
    expect(await inspection.list()).toEqual([]);
    expect(await deliver(sampleEvent('person.created'))).toMatchObject({ status: 'accepted' });
    await close();
  }, 60_000);

  it('what a dashboard retries has all its attempts again', async () => {
    const attempts: number[] = [];
    const handler = (_event: unknown, { attempt }: { readonly attempt: number }): void => {
      attempts.push(attempt);
      if (attempts.length < 4) throw attempts.length === 2 ? new NonRetryableError('no') : new Error('not yet');
    };
    const { inbox, deliver, queue, ended, close } = open({ handler });
    await deliver();
    await until(() => expect(ended.map(({ result }) => result)).toEqual(['dead']));
    await until(async () => expect(await queue.getFailedCount()).toBe(1));
    const [failed] = await queue.getFailed();
    expect(failed).toMatchObject({ name: '*', failedReason: 'NON_RETRYABLE: no' });
    expect(failed?.stacktrace?.[0]).toMatch(/^NonRetryableError: no\n +at /);
    const key = String(ended[0]?.key);
    expect(await inbox.inspection.get(key)).toMatchObject({ state: 'dead', attempt: 2 });
    await failed?.retry('failed');
    await until(() => expect(ended.map(({ result }) => result)).toEqual(['dead', 'done']));
    expect(attempts).toEqual([1, 2, 1, 2]);
    expect(await inbox.inspection.get(key)).toMatchObject({ state: 'done', attempt: 2 });
    await close();
  });

  it('a redelivery is known for the retention time; then BullMQ deletes the job, and the index forgets it', async () => {
    const { deliver, client, keys, ended, close } = open({}, { retentionDays: 1 / 86_400 });
    const event = sampleEvent('person.created');
    await deliver(event);
    await until(() => expect(ended.length).toBe(1));
    expect(await deliver(event)).toMatchObject({ status: 'duplicate' });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    // Whatever is done next lets BullMQ look for what is old.
    await deliver();
    await until(async () => expect(await client.exists(`${keys.jobPrefix}job-${ended[0]?.key}`)).toBe(0));
    expect(await client.zcard(keys.index)).toBe(2);
    expect(await sweepIndex(client, keys, Date.now())).toBe(1);
    expect(await client.zcard(keys.index)).toBe(1);
    expect(await deliver(event)).toMatchObject({ status: 'accepted' });
    await close();
  });

  it('a dead job outlives the retention time', async () => {
    const dies = (event: { readonly event: string }): void => {
      if (event.event === 'company.created') throw new NonRetryableError('no');
    };
    const { inbox, deliver, ended, close } = open({ handler: dies }, { retentionDays: 1 / 86_400 });
    await deliver(sampleEvent('company.created'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await deliver();
    await until(() => expect(ended.length).toBe(2));
    expect(await inbox.inspection.counts()).toMatchObject({ dead: 1 });
    await close();
  });

  it('a job that somebody else put into the queue is dead, and disturbs nobody', async () => {
    const { inbox, deliver, queue, runs, close } = open();
    await queue.add('foreign', { some: 'data' });
    const { id } = await deliver();
    await until(() => expect(runs).toEqual([id]));
    await until(async () => expect(await queue.getFailedCount()).toBe(1));
    expect((await inbox.inspection.list()).map(({ eventId }) => eventId)).toEqual([id]);
    expect(await inbox.inspection.retry({})).toBe(0);
    await close();
  });

  it('a header named body is no body', async () => {
    const { inbox, close } = open({ work: false });
    const delivery = {
      receivedAtMs: 1,
      scheme: 'plain',
      secretIndex: 0,
      signedAtMs: undefined,
      nonce: undefined,
    } as const;
    const event = { id: 'e', name: 'person.created', workspaceId: 'w', record: undefined };
    const body = Buffer.from('{"a":",\\"body\\":\\"x"}');
    const headers = { other: 'z', body: '","body":"y' };
    const jobs = [{ key: 'k', handler: '*' }];
    await inbox.put({ body, delivery, headers, event, parsed: {} as never, jobs }, { timeoutMs: 2_000 });
    expect(await inbox.inspection.list()).toMatchObject([{ key: 'k', event: 'person.created' }]);
    expect(await inbox.inspection.get('k')).toMatchObject({ body: new Uint8Array(body), headers });
    await close();
  });

  it('an inbox is for one receiver', async () => {
    const { inbox, close } = open();
    expect(() => inbox.work({} as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    await close();
  });
});
