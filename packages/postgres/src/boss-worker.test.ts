import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createReceiver,
  type Handler,
  type InboxEntry,
  NonRetryableError,
  RetryAfterError,
} from '@twenty-webhooks/core';
import { createDatabase, createGate, describeWith, findPostgres } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { type Db, PgBoss } from 'pg-boss';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { type PostgresInbox, type PostgresInboxOptions, postgresInbox } from './index.ts';
import { openPool } from './open-pool.ts';
import { makeEntry } from './testdata/make-entry.ts';

// How the worker uses pg-boss when things happen at the wrong moment.

const silent = { warn() {}, error() {} };
// Nothing is out here: a put may take its time.
const timeoutMs = 10_000;

vi.setConfig({ testTimeout: 60_000 });

describeWith(await findPostgres(), 'a worker on pg-boss', ({ url, close }) => {
  const database = createDatabase(url);
  const pool = database.then((own) => openPool(own.url, 2, 'test'));
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const end of opened.splice(0).reverse()) await end();
  });
  afterAll(async () => {
    await (await pool).end();
    await (await database).drop();
    await close();
  });

  const sql = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
    (await (await pool).query(text, values)).rows;
  const open = async (options: Partial<PostgresInboxOptions> = {}): Promise<PostgresInbox & { queue: string }> => {
    const queue = options.queue ?? randomUUID();
    const place = options.boss === undefined ? { connectionString: (await database).url } : {};
    const inbox = postgresInbox({ ...place, queue, logger: silent, ...options });
    opened.push(() => inbox.close({ graceMs: 0 }));
    await inbox.ready();
    return Object.assign(inbox, { queue });
  };
  const openBoss = async (): Promise<PgBoss> => {
    const boss = new PgBoss({ connectionString: (await database).url, schedule: false });
    boss.on('error', () => {});
    opened.push(() => boss.stop({ graceful: false }));
    await boss.start();
    return boss;
  };
  const work = (inbox: PostgresInbox, run: Handler, retry = { attempts: 3, minDelayMs: 10, maxDelayMs: 10 }): void =>
    inbox.work({ handlerOf: () => run, retry, schemas: undefined, logger: silent, observe: undefined });
  /** Entries of real events, that handlers can be given. */
  const put = async (inbox: PostgresInbox, event: Partial<InboxEntry['event']> = {}): Promise<string> => {
    const entry = await makeEntry(event, { body: JSON.stringify(sampleEvent('person.created')) });
    await inbox.put(entry, { timeoutMs });
    return String(entry.jobs[0]?.key);
  };
  const counts = async (inbox: PostgresInbox) => ({ ...(await inbox.inspection.counts()) });
  const none = { waiting: 0, running: 0, done: 0, dead: 0 };
  const record = { object: 'person', id: 'r', changedAtMs: 1 };

  it('renews the lease that a job has, not the one that its own options would give', async () => {
    const worker = await open({ leaseMs: 60_000 });
    // Started later, with the shortest lease: that is what its jobs have.
    const receiver = await open({ queue: worker.queue });
    const release = createGate();
    let ended = 0;
    work(worker, async () => {
      await release.opened;
      ended++;
    });
    await put(receiver);
    // With the other lease there would be nothing before 20 seconds are over.
    await vi.waitFor(async () => {
      const [row] = await sql(
        'SELECT heartbeat_seconds AS lease, extract(epoch FROM heartbeat_on - started_on)::float8 AS renewed FROM pgboss.job WHERE name = $1',
        worker.queue,
      );
      expect(row).toMatchObject({ lease: 10 });
      expect(row?.renewed).toBeGreaterThan(2);
    }, 15_000);
    release.open();
    await vi.waitFor(() => expect(ended).toBe(1), 10_000);
  });

  it.each([-300_000, 300_000])('a clock that is off by %i ms changes no retry', async (skewMs) => {
    const inbox = await open();
    let runs = 0;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs });
    work(inbox, () => {
      runs++;
      throw new RetryAfterError(60_000);
    });
    await put(inbox);
    await vi.waitFor(async () => {
      const [row] = await sql(
        'SELECT extract(epoch FROM start_after - now())::float8 AS seconds FROM pgboss.job WHERE name = $1',
        inbox.queue,
      );
      expect(row?.seconds).toBeGreaterThan(45);
      expect(row?.seconds).toBeLessThan(61);
    }, 10_000);
    await sleep(1_000);
    expect(runs).toBe(1);
  });

  it('a worker that has lost all that it ran goes on', async () => {
    const inbox = await open({ concurrency: 1 });
    const aborted: boolean[] = [];
    work(inbox, async (_event, { signal }) => {
      if (aborted.length === 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.push(signal.aborted);
    });
    await put(inbox);
    await vi.waitFor(async () => expect((await counts(inbox)).running).toBe(1), 10_000);
    await put(inbox);
    await sql("UPDATE pgboss.job SET state = 'cancelled' WHERE name = $1 AND state = 'active'", inbox.queue);
    await vi.waitFor(() => expect(aborted).toEqual([true, false]), 20_000);
  });

  it('what is claimed again while its release is still on its way is not forgotten', async () => {
    const boss = await openBoss();
    let isFirst = true;
    const bent = withDb(boss, (db) => async (text, values) => {
      const result = await db.executeSql(text, values);
      // As if somebody held an older job of the lane, once; and the answer to the release comes late.
      if (text.includes('has_older') && isFirst) {
        isFirst = false;
        return { rows: [{ newest_ms: null, has_older: true }] };
      }
      if (text.includes("SET state = 'created'")) await sleep(150);
      return result;
    });
    const inbox = await open({ boss: bent });
    let runs = 0;
    work(inbox, async () => {
      runs++;
      await sleep(400);
    });
    await put(inbox, { record });
    // Reasons to look meanwhile.
    for (let index = 0; index < 6; index++) {
      await sleep(20);
      await put(inbox);
    }
    await vi.waitFor(async () => expect(await counts(inbox)).toEqual({ ...none, done: 7 }), 10_000);
    expect(runs).toBe(7);
  });

  it('an older job of a lane that has a lower priority blocks nothing', async () => {
    const inbox = await open();
    const keys = [await put(inbox, { record }), await put(inbox, { record })];
    await sql(
      'UPDATE pgboss.job SET priority = 1 WHERE name = $1 AND created_on = (SELECT max(created_on) FROM pgboss.job WHERE name = $1)',
      inbox.queue,
    );
    const ran: string[] = [];
    work(inbox, (_event, { idempotencyKey }) => void ran.push(idempotencyKey));
    await vi.waitFor(async () => expect(await counts(inbox)).toEqual({ ...none, done: 2 }), 10_000);
    expect(ran).toEqual([...keys].reverse());
  });

  it("somebody else's jobs in the queue are dead at once, and disturb nobody", async () => {
    const inbox = await open();
    const boss = await openBoss();
    const foreign = [
      {},
      { facts: 'null', body: '' },
      { facts: '{}', body: '' },
      { facts: '{', body: '' },
      'text',
      null,
    ];
    await boss.insert(
      inbox.queue,
      foreign.map((data) => ({ data: data as object })),
    );
    work(inbox, () => {});
    await put(inbox);
    await vi.waitFor(async () => {
      const states = await sql(
        'SELECT state, count(*)::int AS count FROM pgboss.job WHERE name = $1 GROUP BY 1 ORDER BY 1',
        inbox.queue,
      );
      expect(states).toEqual([
        { state: 'completed', count: 1 },
        { state: 'failed', count: foreign.length },
      ]);
    }, 10_000);
    expect(await inbox.inspection.list()).toHaveLength(1);
  });

  it('a dead job that was retried and is done is kept no longer than any other', async () => {
    const inbox = await open({ retentionDays: 2 });
    let isMended = false;
    work(inbox, () => {
      if (!isMended) throw new NonRetryableError('no');
    });
    const key = await put(inbox);
    const kept = async (): Promise<unknown> =>
      (await sql('SELECT state, deletion_seconds AS seconds FROM pgboss.job WHERE name = $1', inbox.queue))[0];
    await vi.waitFor(async () => expect(await kept()).toEqual({ state: 'failed', seconds: 0 }), 10_000);
    isMended = true;
    expect(await inbox.inspection.retry(key)).toBe(1);
    await vi.waitFor(async () => expect(await kept()).toEqual({ state: 'completed', seconds: 172_800 }), 10_000);
    expect(await inbox.inspection.purge()).toBe(1);
    expect(await kept()).toEqual({ state: 'cancelled', seconds: 172_800 });
  });

  it('what is being fetched when it closes is given back, and its run does not count', async () => {
    const boss = await openBoss();
    const arrival = createGate();
    const bent = withMethods(boss, {
      async fetch(...args: Parameters<PgBoss['fetch']>) {
        const jobs = await boss.fetch(...args);
        if (jobs.length > 0) await arrival.opened;
        return jobs;
      },
    });
    const inbox = await open({ boss: bent });
    await put(inbox);
    let runs = 0;
    work(inbox, () => void runs++);
    await vi.waitFor(
      async () =>
        expect((await sql('SELECT state FROM pgboss.job WHERE name = $1', inbox.queue))[0]?.state).toBe('active'),
      10_000,
    );
    const closing = inbox.close({ graceMs: 0 });
    await sleep(300);
    arrival.open();
    await closing;
    expect(await sql('SELECT state, retry_count, started_on FROM pgboss.job WHERE name = $1', inbox.queue)).toEqual([
      { state: 'created', retry_count: 0, started_on: null },
    ]);
    expect(runs).toBe(0);
  });

  it('remembers what was handled before it is done: who dies in between forgets nothing', async () => {
    const boss = await openBoss();
    const order: string[] = [];
    const remembering = withDb(boss, (db) => async (text, values) => {
      const result = await db.executeSql(text, values);
      if (text.includes('INSERT INTO twenty_webhooks.handled')) order.push('remembered');
      return result;
    });
    const bent = withMethods(remembering, {
      complete(...args: Parameters<PgBoss['complete']>) {
        order.push('completes');
        return boss.complete(...args);
      },
    });
    const inbox = await open({ boss: bent });
    work(inbox, () => {});
    await put(inbox, { record });
    await vi.waitFor(() => expect(order).toEqual(['remembered', 'completes']), 10_000);
  });

  it('puts of one record that come together are stored one after the other, in their order', async () => {
    const inbox = await open();
    const entries = await Promise.all(
      Array.from({ length: 6 }, (_, index) => makeEntry({ record: { ...record, changedAtMs: index } })),
    );
    await Promise.all(entries.map((entry) => inbox.put(entry, { timeoutMs })));
    const rows = await sql(
      "SELECT data ->> 'facts' AS facts FROM pgboss.job WHERE name = $1 GROUP BY created_on, data ORDER BY created_on",
      inbox.queue,
    );
    expect(rows.map(({ facts }) => JSON.parse(String(facts)).changedAtMs)).toEqual([0, 1, 2, 3, 4, 5]);
    const [times] = await sql(
      'SELECT count(DISTINCT created_on)::int AS count FROM pgboss.job WHERE name = $1',
      inbox.queue,
    );
    expect(times?.count).toBe(6);
  });

  it('tells others of new jobs, and hears of them long before it would look', async () => {
    const [worker, heard] = [await open(), [] as unknown[]];
    const receiver = await open({ queue: worker.queue });
    const listener = new Client({ connectionString: (await database).url });
    await listener.connect();
    opened.push(() => listener.end());
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.query('LISTEN twenty_webhooks');
    let began = (): void => {};
    work(worker, () => began());
    const tookMs: number[] = [];
    for (let index = 0; index < 7; index++) {
      await sleep(150);
      const running = new Promise<void>((resolve) => {
        began = resolve;
      });
      await put(receiver);
      const storedMs = performance.now();
      await running;
      tookMs.push(performance.now() - storedMs);
    }
    await vi.waitFor(() => expect(heard).toContain(worker.queue), 10_000);
    // Without it, each would wait for the next look, and take longer than half a second.
    expect(tookMs.sort((one, other) => one - other)[2]).toBeLessThan(300);
  });

  it('a queue that somebody deletes is made again', async () => {
    const inbox = await open();
    let runs = 0;
    work(inbox, () => void runs++);
    await put(inbox);
    await vi.waitFor(() => expect(runs).toBe(1), 30_000);
    const boss = await openBoss();
    await sql('DELETE FROM pgboss.job WHERE name = $1', inbox.queue);
    await boss.deleteQueue(inbox.queue);
    await vi.waitFor(() => put(inbox), { timeout: 30_000, interval: 100 });
    await vi.waitFor(() => expect(runs).toBe(2), 30_000);
  });

  it('receivers of the adapters and of core work with it alike', async () => {
    const inbox = await open();
    const seen: string[] = [];
    const receiver = createReceiver({
      secret: 's',
      inbox,
      on: { '*': ({ event }) => void seen.push(event) },
      logger: silent,
    });
    await receiver.receive({ method: 'POST', url: '/', ...signDelivery(sampleEvent('note.created'), { secret: 's' }) });
    await vi.waitFor(() => expect(seen).toEqual(['note.created']), 10_000);
    await receiver.close();
  });
});

/** The same pg-boss with other methods. */
function withMethods(boss: PgBoss, methods: Partial<Record<keyof PgBoss, unknown>>): PgBoss {
  return new Proxy(boss, {
    get(target, name) {
      const own: unknown = methods[name as keyof PgBoss] ?? target[name as keyof PgBoss];
      return typeof own === 'function' && methods[name as keyof PgBoss] === undefined ? own.bind(target) : own;
    },
  });
}

/** The same pg-boss, over whose database something else happens. */
function withDb(boss: PgBoss, bend: (db: Db) => Db['executeSql']): PgBoss {
  const db = boss.getDb();
  const bent: Db = { executeSql: bend(db), ...(db.listen && { listen: db.listen.bind(db) }) };
  return withMethods(boss, { getDb: () => bent });
}
