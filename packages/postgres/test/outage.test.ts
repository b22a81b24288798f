import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answered,
  accepted,
  describeWith,
  findPostgresFolder,
  freshDelivery,
  type InboxProcess,
  type ProcessOrder,
  type StartedPostgres,
  startCuttingProxy,
  startInboxProcess,
  startPostgres,
} from '@twenty-webhooks/services';
import { afterAll, afterEach, expect, test } from 'vitest';

// A server of our own that fails for real, a receiver in a process of its own: no false 200, no false duplicate, an answer in
// time, a log that can be read, and nobody has to restart anything.

const module = new URL('./open-inbox.ts', import.meta.url).href;

describeWith(findPostgresFolder(), 'postgresInbox in an outage', () => {
  const starting = startPostgres();
  let started: InboxProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.map((one) => one.kill()));
    started = [];
    const postgres = await starting;
    if (postgres.pid === undefined) await postgres.start();
    else postgres.thaw();
  });
  afterAll(async () => (await starting).close());

  let queues = 0;
  async function start(order: Partial<ProcessOrder> = {}): Promise<InboxProcess> {
    const { url: connectionString } = await starting;
    const open = [{ connectionString, queue: `outage-${++queues}`, concurrency: 2 }];
    const one = await startInboxProcess({ module, open, ...order });
    started.push(one);
    return one;
  }

  const until200 = async (server: InboxProcess): Promise<Answered> => {
    let last: Answered | undefined;
    await server.until('it accepts again', async () => {
      last = await server.post();
      return accepted(last);
    });
    return last as Answered;
  };

  interface Outage {
    begin(postgres: StartedPostgres): Promise<void> | void;
    end(postgres: StartedPostgres): Promise<void> | void;
  }
  const outages: Record<string, Outage> = {
    'the server is killed and started again': {
      begin: (postgres) => postgres.kill(),
      end: (postgres) => postgres.start(),
    },
    'the server is told to stop, and started again': {
      begin: (postgres) => postgres.stop(),
      end: (postgres) => postgres.start(),
    },
    'the server is frozen': { begin: (postgres) => postgres.freeze(), end: (postgres) => postgres.thaw() },
  };

  test.each(Object.entries(outages))(
    '%s: a 503 in time, no false duplicate, all that was acknowledged is handled',
    async (_name, { begin, end }) => {
      const postgres = await starting;
      const server = await start({ handlerMs: 500 });
      const known = freshDelivery();
      const first = [await until200(server), await server.post(known), await server.post()];
      expect(first.every(accepted)).toBe(true);
      // Two run while it begins.
      const linesBefore = server.log.length;
      await begin(postgres);
      const lost = [freshDelivery(), freshDelivery(), freshDelivery()];
      const answers: Answered[] = [];
      const endMs = performance.now() + 4_000;
      while (performance.now() < endMs) {
        answers.push(...(await Promise.all([known, ...lost].map((one) => server.post(one)))));
        await sleep(100);
      }
      await end(postgres);
      for (const { status, body, tookMs } of answers) {
        expect([status, body.error]).toEqual([503, 'INBOX_UNAVAILABLE']);
        expect(tookMs).toBeLessThan(2_300);
      }
      const last = await until200(server);
      expect((await server.post(known)).body.status).toBe('duplicate');
      // What had no 200 may have come through after its answer; sent again it is stored for sure.
      const again = await Promise.all(lost.map((one) => server.post(one)));
      expect(again.every(({ status }) => status === 200)).toBe(true);
      const ids = [...first, last, ...again].map(({ body }) => String(body.id)).sort();
      await server.until('all are done', () => ids.every((id) => server.idsOf('done').includes(id)), 20_000);
      // One line says that it cannot be reached, one each minute that answers are 503; pg-boss would write one a second.
      const lines = server.log.slice(linesBefore);
      expect(lines.length, lines.join('\n')).toBeLessThan(8);
      expect(server.hasEnded).toBe(false);
    },
    60_000,
  );

  test('the server is down at the start: 503 in time, then it works by itself', async () => {
    const postgres = await starting;
    await postgres.stop();
    const server = await start();
    const deliveries = [freshDelivery(), freshDelivery()];
    for (const delivery of deliveries) {
      const { status, tookMs } = await server.post(delivery);
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(2_300);
    }
    expect(server.log.join('\n')).toMatch(/Postgres cannot be reached.*ECONNREFUSED/);
    expect(server.log.length).toBeLessThan(6);
    await postgres.start();
    await until200(server);
    for (const delivery of deliveries) expect(accepted(await server.post(delivery))).toBe(true);
    await server.until('all are done', () => server.idsOf('done').length === 3);
  }, 60_000);

  test('connections that are cut without a word are given up: what comes in is stored, and handled', async () => {
    const { port, url } = await starting;
    const proxy = await startCuttingProxy(port);
    try {
      const connectionString = url.replace(String(port), String(proxy.port));
      const server = await start({ open: [{ connectionString, queue: `outage-${++queues}` }] });
      await until200(server);
      await server.until('it works', () => server.idsOf('done').length === 1);
      proxy.silence();
      const answers: Answered[] = [];
      for (let sent = 0; sent < 8; sent++) {
        answers.push(await server.post());
        await sleep(500);
      }
      for (const { status, tookMs } of answers) {
        expect([200, 503]).toContain(status);
        expect(tookMs).toBeLessThan(2_300);
      }
      expect(accepted(await server.post())).toBe(true);
      const ids = answers.filter(accepted).map(({ body }) => String(body.id));
      await server.until('all are done', () => ids.every((id) => server.idsOf('done').includes(id)), 20_000);
    } finally {
      proxy.close();
    }
  }, 60_000);

  test('it closes in time also while the server is frozen', async () => {
    const postgres = await starting;
    const server = await start({ handlerMs: 6_000 });
    await until200(server);
    await server.until('it runs', () => server.idsOf('began').length === 1);
    postgres.freeze();
    process.kill(server.pid, 'SIGTERM');
    // 5 seconds for what runs, then a few for a server that might still answer.
    await server.until('it is closed', () => server.reports.some(({ what }) => what === 'closed'), 14_000);
  }, 60_000);
});
