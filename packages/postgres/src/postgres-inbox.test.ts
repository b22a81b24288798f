import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createReceiver,
  type Handler,
  type InboxEntry,
  NonRetryableError,
  type Receiver,
  RetryAfterError,
} from '@twenty-webhooks/core';
import { createDatabase, describeWith, findPostgres } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { PgBoss } from 'pg-boss';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { type PostgresInbox, type PostgresInboxOptions, postgresInbox } from './index.ts';
import { openPool } from './open-pool.ts';
import { makeEntry } from './testdata/make-entry.ts';

// What pg-boss does if one does not know it, and what only Postgres does: engine by engine, not in the suite.

const secret = 'postgres-inbox-secret';
// Nothing is out here: a put may take its time.
const timeoutMs = 10_000;

vi.setConfig({ testTimeout: 60_000 });

describeWith(await findPostgres(), 'postgresInbox', ({ url, close }) => {
  const database = createDatabase(url);
  const pool = database.then((own) => openPool(own.url, 2, 'test'));
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  afterAll(async () => {
    await (await pool).end();
    await (await database).drop();
    await close();
  });

  const open = async (options: Partial<PostgresInboxOptions> = {}): Promise<PostgresInbox & { queue: string }> => {
    const queue = options.queue ?? randomUUID();
    const inbox = postgresInbox({ connectionString: (await database).url, queue, ...options });
    opened.push(inbox);
    await inbox.ready();
    return Object.assign(inbox, { queue });
  };
  const receive = (inbox: PostgresInbox, on: Handler = () => {}): Receiver => {
    const receiver = createReceiver({ secret, inbox, on: { '*': on }, logger: { warn() {}, error() {} } });
    opened.push(receiver);
    return receiver;
  };
  const deliver = (receiver: Receiver, event: object = sampleEvent('person.created')) =>
    receiver.receive({ method: 'POST', url: '/', ...signDelivery(event, { secret }) });
  const rows = async (queue: string, columns: string): Promise<Record<string, unknown>[]> =>
    (await (await pool).query(`SELECT ${columns} FROM pgboss.job WHERE name = $1`, [queue])).rows;
  const counts = async (inbox: PostgresInbox) => ({ ...(await inbox.inspection.counts()) });
  const none = { waiting: 0, running: 0, done: 0, dead: 0 };

  it('puts that come together go into one statement, and one that is known does not disturb the others', async () => {
    const inbox = await open();
    const known = await makeEntry();
    await inbox.put(known, { timeoutMs });
    const entries = await Promise.all(Array.from({ length: 40 }, () => makeEntry()));
    const all = [...entries, known, ...entries.slice(0, 3)];
    const stored = await Promise.all(all.map((entry) => inbox.put(entry, { timeoutMs })));
    expect(stored.map(({ size }) => size)).toEqual([...entries.map(() => 1), 0, 0, 0, 0]);
    const created = new Set((await rows(inbox.queue, 'created_on::text')).map((row) => row.created_on));
    expect(created.size).toBeLessThan(6);
  });

  it('two inboxes that put the same jobs in opposite orders: no deadlock, each is new for one of them', async () => {
    const both = [await open(), undefined];
    both[1] = await open({ queue: both[0]?.queue });
    for (let round = 0; round < 20; round++) {
      const entries = await Promise.all(
        Array.from({ length: 10 }, () => makeEntry({}, { handlers: ['a', 'b', 'c', 'd'] })),
      );
      const reversed = entries.map((entry) => ({ ...entry, jobs: [...entry.jobs].reverse() })).reverse();
      const puts = [entries, reversed].flatMap((some, index) =>
        some.map((entry) => (both[index] as PostgresInbox).put(entry, { timeoutMs })),
      );
      const sizes = (await Promise.all(puts)).map(({ size }) => size);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(40);
    }
  });

  it('keeps what is in an event, also what jsonb cannot keep', async () => {
    const inbox = await open();
    const id = `nul \0 half \ud800 ${randomBytes(10_000).toString('hex')}`;
    const record = { object: 'per\0son', id, changedAtMs: 5 };
    const entry = await makeEntry({ id, name: 'a\0.b', record }, { handlers: ['hand\0ler'], body: '{"a":"\\u0000"}' });
    await inbox.put(entry, { timeoutMs });
    const ran: unknown[] = [];
    inbox.work({
      handlerOf: (name) => () => void ran.push(name),
      retry: { attempts: 1, minDelayMs: 1, maxDelayMs: 1 },
      schemas: undefined,
      logger: { warn() {}, error() {} },
      observe: undefined,
    });
    // The body is no event, and that is how it ends; but it was claimed, which a long key could prevent.
    await vi.waitFor(async () => expect(await counts(inbox)).toEqual({ ...none, dead: 1 }), 10_000);
    const [job] = await inbox.inspection.list({ object: 'per\0son', handler: 'hand\0ler' });
    expect(job).toMatchObject({ eventId: id, event: 'a\0.b', recordId: id, handler: 'hand\0ler' });
    expect((await inbox.inspection.get(String(job?.key)))?.body).toEqual(entry.body);
  });

  it('an error with NUL in it ends its job all the same', async () => {
    const inbox = await open();
    const receiver = receive(inbox, () => {
      throw Object.assign(new Error('no \0 \ud800'), { name: 'B\0d' });
    });
    await deliver(receiver);
    await vi.waitFor(
      async () => expect((await inbox.inspection.list())[0]?.lastError?.message).toContain('no '),
      10_000,
    );
    expect((await inbox.inspection.list())[0]).toMatchObject({ state: 'waiting', attempt: 1 });
  });

  it('a job runs again when it was asked to, not after the second that pg-boss has for all', async () => {
    const inbox = await open();
    let runs = 0;
    const receiver = receive(inbox, () => {
      runs++;
      throw new RetryAfterError(60_000);
    });
    await deliver(receiver);
    await vi.waitFor(async () => {
      const [job] = await inbox.inspection.list();
      expect(Number(job?.dueAtMs) - Date.now()).toBeGreaterThan(45_000);
    }, 10_000);
    await sleep(2_500);
    expect(runs).toBe(1);
  });

  it('jobs without a record run at the same time: they do not share one key', async () => {
    const inbox = await open();
    let running = 0;
    let most = 0;
    const receiver = receive(inbox, async () => {
      most = Math.max(most, ++running);
      await vi.waitFor(() => expect(most).toBe(5), 10_000);
      running--;
    });
    for (let index = 0; index < 5; index++) await deliver(receiver, sampleEvent('metadata.view.created'));
    await vi.waitFor(async () => expect(await counts(inbox)).toEqual({ ...none, done: 5 }), 10_000);
  });

  it('pg-boss deletes nothing that waits or is dead, and what is done when its time is over', async () => {
    const inbox = await open({ retentionDays: 2 });
    const receiver = receive(inbox, (event) => {
      if (event.event === 'company.created') throw new NonRetryableError('no');
      if (event.event === 'note.created') throw new Error('not yet');
    });
    const [done, kept] = [sampleEvent('person.created'), sampleEvent('person.created')];
    await deliver(receiver, done);
    await deliver(receiver, kept);
    await deliver(receiver, sampleEvent('company.created'));
    await deliver(receiver, sampleEvent('note.created'));
    await vi.waitFor(
      async () => expect(await counts(inbox)).toEqual({ waiting: 1, running: 0, done: 2, dead: 1 }),
      10_000,
    );
    await receiver.close();
    const later = await open({ queue: inbox.queue, retentionDays: 2 });
    await later.put(await makeEntry({ id: 'waits' }), { timeoutMs });
    const age = (state: string, days: number, limit: number): Promise<unknown> =>
      pool.then((one) =>
        one.query(
          `UPDATE pgboss.job SET created_on = now() - $3 * interval '1 day', start_after = now() - $3 * interval '1 day',
             completed_on = completed_on - $3 * interval '1 day', keep_until = keep_until - $3 * interval '1 day'
           WHERE id IN (SELECT id FROM pgboss.job WHERE name = $1 AND state::text = $2 ORDER BY created_on LIMIT ${limit})`,
          [inbox.queue, state, days],
        ),
      );
    await age('created', 3_000, 1);
    await age('retry', 3_000, 1);
    await age('failed', 3_000, 1);
    await age('completed', 2.1, 1);
    const boss = new PgBoss({ connectionString: (await database).url, maintenanceIntervalSeconds: 1 });
    boss.on('error', () => {});
    opened.push({ close: () => boss.stop({ graceful: false }) });
    await boss.start();
    await vi.waitFor(
      async () => {
        await boss.supervise(inbox.queue);
        expect((await counts(later)).done).toBe(1);
      },
      { timeout: 15_000, interval: 500 },
    );
    expect(await counts(later)).toEqual({ waiting: 2, running: 0, done: 1, dead: 1 });
    const again = createReceiver({ secret, inbox: later, work: false, on: { '*': () => {} } });
    expect((await deliver(again, done)).status).toBe('accepted');
    expect((await deliver(again, kept)).status).toBe('duplicate');
  }, 60_000);

  it('a queue that somebody else made is refused: its policy would break the order, or copy dead jobs', async () => {
    const boss = new PgBoss({ connectionString: (await database).url });
    boss.on('error', () => {});
    opened.push({ close: () => boss.stop({ graceful: false }) });
    await boss.start();
    await boss.createQueue('theirs', {});
    await expect(open({ queue: 'theirs', logger: { warn() {}, error() {} } })).rejects.toMatchObject({
      code: 'INBOX_INVALID',
      message: expect.stringContaining('Give another name'),
    });
  });

  it('with a pg-boss of the user: works, and neither stops it nor leaves a listener', async () => {
    const boss = new PgBoss({ connectionString: (await database).url, schema: 'own_schema' });
    boss.on('error', () => {});
    opened.push({ close: () => boss.stop({ graceful: false }) });
    const inbox = postgresInbox({ boss, schema: 'own_schema', queue: 'own' });
    await inbox.ready();
    // Without one, an error would end the process.
    expect(boss.listenerCount('error')).toBe(2);
    const receiver = receive(inbox);
    await deliver(receiver);
    await vi.waitFor(async () => expect(await counts(inbox)).toEqual({ ...none, done: 1 }), 10_000);
    await receiver.close();
    expect(boss.listenerCount('error')).toBe(1);
    expect(await boss.getQueue('own')).toMatchObject({ policy: 'singleton' });
  });

  it('a job that somebody cancels in a dashboard is dead, and can be run again', async () => {
    const inbox = await open();
    const entry: InboxEntry = await makeEntry();
    await inbox.put(entry, { timeoutMs });
    const boss = new PgBoss({ connectionString: (await database).url });
    boss.on('error', () => {});
    opened.push({ close: () => boss.stop({ graceful: false }) });
    await boss.start();
    const [{ id } = {}] = await rows(inbox.queue, 'id');
    await boss.cancel(inbox.queue, String(id));
    const key = String(entry.jobs[0]?.key);
    expect(await inbox.inspection.get(key)).toMatchObject({ state: 'dead', lastError: { name: 'Cancelled' } });
    expect(await inbox.inspection.retry(key)).toBe(1);
    expect(await counts(inbox)).toEqual({ ...none, waiting: 1 });
  });

  it.each([
    ['nothing', {}],
    ['both', { connectionString: 'postgres://localhost', boss: new PgBoss('postgres://localhost') }],
    ['a boss that is none', { boss: {} as PgBoss }],
    ['a lease that pg-boss cannot keep', { connectionString: 'postgres://localhost', leaseMs: 9_999 }],
    ['a run of more than a day', { connectionString: 'postgres://localhost', runTimeoutMs: 90_000_000 }],
    ['a schema that is no name', { connectionString: 'postgres://localhost', schema: 'a; drop' }],
    ['a queue that is no name', { connectionString: 'postgres://localhost', queue: "a'b" }],
    ['an option that does not exist', { connectionString: 'postgres://localhost', pool: 1 }],
  ])('%s is refused', (_what, options) => {
    expect(() => postgresInbox(options as PostgresInboxOptions)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
