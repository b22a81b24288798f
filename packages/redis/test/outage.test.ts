import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeWith,
  durableRedis,
  findFreePort,
  findProgram,
  measureUsableMs,
  startCuttingProxy,
  startRedis,
} from '@twenty-webhooks/services';
import { sampleEvent } from '@twenty-webhooks/testing';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { type OpenedReceiver, openReceiver } from './opened-receiver.ts';

/** For a delivery in an outage: 2 seconds, and what a busy machine needs; time in which this process stands still does not count. */
const answerMs = 2_300;
const until = (assertion: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 20 });

/** Deliver it as Twenty does that is told to come again. Gives its answer in the end, and its id. */
async function deliverUntilStored(deliver: OpenedReceiver['deliver'], event: object = sampleEvent('person.created')) {
  let last = await deliver(event);
  await until(async () => {
    if (last.status === 'failed') last = await deliver(event);
    expect(last.status).not.toBe('failed');
  });
  return last;
}

describeWith(findProgram('redis-server'), 'redisInbox while Redis is out', () => {
  vi.setConfig({ testTimeout: 60_000 });

  it('at the start: refuses, says why, and works when Redis is there', async () => {
    const redis = await startRedis({ settings: durableRedis });
    await redis.stop();
    const { inbox, receiver, deliver, runs, logLines } = openReceiver({ connection: redis.url });
    await expect(inbox.ready()).rejects.toMatchObject({
      code: 'INBOX_UNAVAILABLE',
      message: expect.stringMatching(/Nothing listens there: .*Start Redis/),
    });
    const refused = await deliver();
    expect(refused).toMatchObject({ status: 'failed' });
    expect(refused.tookMs).toBeLessThan(answerMs);
    await redis.start();
    const { id } = await deliverUntilStored(deliver);
    await until(() => expect(runs).toEqual([id]));
    await inbox.ready();
    expect(logLines.length).toBe(1);
    await receiver.close({ graceMs: 100 });
    await redis.close();
  });

  it('killed while deliveries come: only 503, no false duplicate, and all that was acknowledged is handled', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const { receiver, inbox, deliver, runs, logLines } = openReceiver({ connection: redis.url });
    await inbox.ready();
    const events = Array.from({ length: 120 }, () => sampleEvent('person.created'));
    const acknowledged = new Set<string>();
    const refused: object[] = [];
    const pending: Promise<void>[] = [];
    let isDown = false;
    for (const [index, event] of events.entries()) {
      if (index === 40) {
        await redis.kill();
        isDown = true;
      }
      const wasDown = isDown;
      const delivering = deliver(event).then(({ status, tookMs, id }) => {
        expect(tookMs).toBeLessThan(answerMs);
        expect(status).toBe(status === 'failed' ? 'failed' : 'accepted');
        // After the restart it may be just in time.
        if (wasDown && isDown) expect(status).toBe('failed');
        if (status === 'accepted') acknowledged.add(id);
        else refused.push(event);
      });
      pending.push(delivering);
      await sleep(25);
    }
    await Promise.all(pending);
    expect(refused.length).toBeGreaterThanOrEqual(80);
    await redis.start();
    isDown = false;
    for (const event of refused) {
      const { status, id } = await deliverUntilStored(deliver, event);
      // Stored just before the end, perhaps; then it is a true duplicate, and is handled.
      expect(['accepted', 'duplicate']).toContain(status);
      acknowledged.add(id);
    }
    expect(acknowledged.size).toBe(120);
    // What was being claimed at the end is found when its lease, and a quarter of it, is over.
    await vi.waitFor(() => expect(new Set(runs)).toEqual(acknowledged), 30_000);
    expect(logLines.length).toBeLessThanOrEqual(4);
    await receiver.close({ graceMs: 1_000 });
    await redis.close();
  }, 60_000);

  it('frozen: 503 in 2 seconds; what it took in nevertheless is a true duplicate afterwards', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const { receiver, inbox, deliver, runs } = openReceiver({ connection: redis.url });
    await inbox.ready();
    const before = await deliver();
    await until(() => expect(runs).toEqual([before.id]));
    redis.freeze();
    const events = [sampleEvent('person.created'), sampleEvent('company.created')];
    for (const { status, tookMs } of await Promise.all(events.map((event) => deliver(event)))) {
      expect(status).toBe('failed');
      expect(tookMs).toBeLessThan(answerMs);
    }
    redis.thaw();
    const again = await Promise.all(events.map((event) => deliverUntilStored(deliver, event)));
    const { id } = await deliverUntilStored(deliver);
    const ids = [before.id, id, ...again.map((one) => one.id)];
    await until(() => expect([...runs].sort()).toEqual(ids.sort()));
    await receiver.close({ graceMs: 1_000 });
    await redis.close();
  }, 60_000);

  it('cut off between storing and the answer: 503, and then a true duplicate', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const proxy = await startCuttingProxy(redis.port);
    const { receiver, inbox, deliver } = openReceiver(
      { connection: `redis://127.0.0.1:${proxy.port}` },
      { work: false },
    );
    await inbox.ready();
    const event = sampleEvent('person.created');
    const cut = proxy.cutNextAnswer();
    const delivering = deliver(event);
    await cut;
    const usableMs = measureUsableMs();
    expect(await delivering).toMatchObject({ status: 'failed' });
    // Who waits is told at once, not when the time is up.
    expect(usableMs()).toBeLessThan(500);
    expect(await deliverUntilStored(deliver, event)).toMatchObject({ status: 'duplicate' });
    expect(await inbox.inspection.counts()).toEqual({ waiting: 1, running: 0, done: 0, dead: 0 });
    await receiver.close();
    proxy.close();
    await redis.close();
  });

  it('a failover: the old primary is a replica now; it finds the new one, and the jobs that were copied', async () => {
    const [old, next] = [await startRedis({ settings: durableRedis }), await startRedis({ settings: durableRedis })];
    const proxy = await startCuttingProxy(old.port);
    const admins = [new Redis(old.url), new Redis(next.url)] as const;
    await admins[1].replicaof('127.0.0.1', old.port);
    const { receiver, inbox, deliver, runs } = openReceiver({ connection: `redis://127.0.0.1:${proxy.port}` });
    await inbox.ready();
    await until(async () => expect(await admins[0].wait(1, 1_000)).toBe(1));
    const first = await deliver();
    await until(() => expect(runs).toEqual([first.id]));
    await until(async () => expect(await admins[0].wait(1, 1_000)).toBe(1));
    proxy.pointTo(next.port);
    await admins[1].replicaof('NO', 'ONE');
    await admins[0].replicaof('127.0.0.1', next.port);
    const event = sampleEvent('person.created');
    const { id } = await deliverUntilStored(deliver, event);
    await until(() => expect(runs).toEqual([first.id, id]));
    for (const admin of admins) admin.disconnect();
    await receiver.close();
    proxy.close();
    await old.close();
    await next.close();
  }, 60_000);

  it('Redis is full: 503 with the reason, and it goes on when there is room', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const { receiver, inbox, deliver } = openReceiver({ connection: redis.url }, { work: false });
    await inbox.ready();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory', '1');
    const entry = { handler: '*', key: 'k' };
    const putting = inbox.put(
      {
        body: Buffer.from('{}'),
        delivery: { receivedAtMs: 1, scheme: 'plain', secretIndex: 0, signedAtMs: undefined, nonce: undefined },
        headers: {},
        event: { id: 'e', name: 'person.created', workspaceId: 'w', record: undefined },
        parsed: {} as never,
        jobs: [entry],
      },
      { timeoutMs: 2_000 },
    );
    await expect(putting).rejects.toMatchObject({
      code: 'INBOX_UNAVAILABLE',
      message: expect.stringMatching(/maxmemory.*retentionDays/),
    });
    expect(await deliver()).toMatchObject({ status: 'failed' });
    await admin.config('SET', 'maxmemory', '0');
    expect(await deliver()).toMatchObject({ status: 'accepted' });
    // Somebody tidies up.
    await admin.script('FLUSH');
    expect(await deliver()).toMatchObject({ status: 'accepted' });
    expect(await inbox.inspection.counts()).toMatchObject({ waiting: 2 });
    admin.disconnect();
    await receiver.close();
    await redis.close();
  });

  it('Redis is full while jobs wait: they are not asked for all the time, and run when there is room', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const { receiver, inbox, deliver, runs, logLines } = openReceiver(
      { connection: redis.url, leaseMs: 1_000 },
      { work: false },
    );
    await inbox.ready();
    for (let index = 0; index < 20; index++) await deliver();
    const admin = new Redis(redis.url);
    const commands = async (): Promise<number> =>
      Number(/total_commands_processed:(\d+)/.exec(await admin.info('stats'))?.[1]);
    await admin.config('SET', 'maxmemory', '1');
    receiver.start();
    const before = await commands();
    const startedMs = performance.now();
    await sleep(2_500);
    // A worker that does not rest makes thousands.
    const made = (await commands()) - before;
    expect(made / ((performance.now() - startedMs) / 1_000)).toBeLessThan(200);
    await until(() => expect(logLines).toHaveLength(1));
    expect(logLines).toEqual([expect.stringMatching(/maxmemory/)]);
    await admin.config('SET', 'maxmemory', '0');
    await until(() => expect(new Set(runs).size).toBe(20));
    admin.disconnect();
    await receiver.close();
    await redis.close();
  }, 60_000);

  it('a run whose Redis was away for longer than its lease is aborted, and is run again', async () => {
    const redis = await startRedis({ settings: durableRedis });
    const attempts: string[] = [];
    const { receiver, inbox, deliver, ended } = openReceiver(
      { connection: redis.url, leaseMs: 2_000 },
      {
        handler: async (_event, { attempt, signal }) => {
          attempts.push(`began ${attempt}`);
          if (attempt > 1) return;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          attempts.push('aborted');
        },
      },
    );
    await inbox.ready();
    await deliver();
    await until(() => expect(attempts).toEqual(['began 1']));
    await redis.kill();
    await sleep(2_500);
    await redis.start();
    await until(() => expect(ended.map(({ result, attempt }) => `${result} ${attempt}`)).toEqual(['done 2']));
    expect(attempts).toEqual(['began 1', 'aborted', 'began 2']);
    await receiver.close();
    await redis.close();
  }, 60_000);

  it.each(['never there', 'killed', 'frozen', 'up'] as const)(
    'close is over soon, and nothing keeps the process alive: Redis is %s',
    async (state) => {
      const redis = state === 'never there' ? undefined : await startRedis({ settings: durableRedis });
      const url = redis?.url ?? `redis://127.0.0.1:${await findFreePort()}`;
      const child = fork(new URL('./closing-process.ts', import.meta.url), [url]);
      const exited = once(child, 'exit');
      await once(child, 'message');
      await sleep(1_000);
      if (state === 'killed') await redis?.kill();
      if (state === 'frozen') redis?.freeze();
      await sleep(300);
      child.send('close');
      const [tookMs] = await once(child, 'message');
      expect(tookMs).toBeLessThan(200 + 2_500);
      const ended = await Promise.race([exited, sleep(10_000).then(() => ['it lives'])]);
      child.kill('SIGKILL');
      expect(ended[0]).toBe(0);
      redis?.thaw();
      await redis?.close();
    },
    60_000,
  );
});
