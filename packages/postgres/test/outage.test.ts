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
import { afterAll, afterEach, expect, test, vi } from 'vitest';

// A server of our own that fails for real, a receiver in a process of its own: no false 200, no false duplicate, an answer in
// time, a log that can be read, and nobody has to restart anything.

const module = new URL('./open-inbox.ts', import.meta.url).href;

vi.setConfig({ testTimeout: 120_000 });

/**
 * In time are 2 seconds. A process that gets no CPU for a moment is late with all that it was asked at once: in one round, of many
 * in one of ten. But never so late that Twenty has hung up.
 */
function expectInTime(rounds: readonly (readonly Answered[])[]): void {
  const slowestMs = rounds.map((answers) => Math.max(...answers.map(({ tookMs }) => tookMs)));
  const late = slowestMs.filter((ms) => ms >= 2_300);
  expect(late.length, `ms by round: ${slowestMs.map(Math.round)}`).toBeLessThanOrEqual(Math.max(1, rounds.length / 10));
  expect(Math.max(...slowestMs)).toBeLessThan(5_000);
}

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

  /** Send it as Twenty does that is told to come again. */
  const until200 = async (server: InboxProcess, delivery = freshDelivery()): Promise<Answered> => {
    let last: Answered | undefined;
    await server.until(
      'it accepts again',
      async () => {
        last = await server.post(delivery);
        return last.status === 200;
      },
      20_000,
    );
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
      const first = [await until200(server), await until200(server, known), await until200(server)];
      // Two run while it begins.
      const linesBefore = server.log.length;
      await begin(postgres);
      const lost = [freshDelivery(), freshDelivery(), freshDelivery()];
      const rounds: Answered[][] = [];
      const endMs = performance.now() + 4_000;
      while (performance.now() < endMs || rounds.length < 3) {
        rounds.push(await Promise.all([known, ...lost].map((one) => server.post(one))));
        await sleep(100);
      }
      await end(postgres);
      for (const { status, body } of rounds.flat()) expect([status, body.error]).toEqual([503, 'INBOX_UNAVAILABLE']);
      expectInTime(rounds);
      const last = await until200(server);
      expect((await until200(server, known)).body.status).toBe('duplicate');
      // What had no 200 may have come through after its answer; sent again it is stored for sure.
      const again = await Promise.all(lost.map((one) => until200(server, one)));
      const ids = [...first, last, ...again].map(({ body }) => String(body.id)).sort();
      await server.until('all are done', () => ids.every((id) => server.idsOf('done').includes(id)), 40_000);
      // One line says that it cannot be reached, one each minute that answers are 503; pg-boss would write one a second.
      const lines = server.log.slice(linesBefore);
      expect(lines.length, lines.join('\n')).toBeLessThan(8);
      expect(server.hasEnded).toBe(false);
    },
  );

  test('the server is down at the start: 503 in time, then it works by itself', async () => {
    const postgres = await starting;
    await postgres.stop();
    const server = await start();
    const deliveries = Array.from({ length: 3 }, freshDelivery);
    const refused: Answered[] = [];
    for (const delivery of deliveries) refused.push(await server.post(delivery));
    for (const { status } of refused) expect(status).toBe(503);
    expectInTime(refused.map((one) => [one]));
    await server.until('it says why', () => /Postgres cannot be reached.*ECONNREFUSED/.test(server.log.join('\n')));
    expect(server.log.length).toBeLessThan(6);
    await postgres.start();
    const stored = [await until200(server)];
    for (const delivery of deliveries) stored.push(await until200(server, delivery));
    const ids = stored.map(({ body }) => String(body.id));
    await server.until('all are done', () => ids.every((id) => server.idsOf('done').includes(id)), 40_000);
  });

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
      for (const { status } of answers) expect([200, 503]).toContain(status);
      expectInTime(answers.map((one) => [one]));
      await until200(server);
      const ids = answers.filter(accepted).map(({ body }) => String(body.id));
      await server.until('all are done', () => ids.every((id) => server.idsOf('done').includes(id)), 40_000);
    } finally {
      proxy.close();
    }
  });

  test('it closes in time also while the server is frozen', async () => {
    const postgres = await starting;
    const server = await start({ handlerMs: 6_000 });
    await until200(server);
    await server.until('it runs', () => server.idsOf('began').length === 1);
    postgres.freeze();
    process.kill(server.pid, 'SIGTERM');
    // 5 seconds for what runs, then a few for a server that might still answer.
    await server.until('it is closed', () => server.reports.some(({ what }) => what === 'closed'), 25_000);
  });
});
