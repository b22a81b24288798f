import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, freshDelivery, type InboxProcess } from '@twenty-webhooks/services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wrong } from './open-inbox.ts';
import { type SqliteOrder, startSqliteProcess } from './start-sqlite-process.ts';
import { canTrace, countSynced, type Mark, readTrace, straceTo, type Trace } from './sync-trace.ts';

// SIGKILL cannot show what a power cut takes: what the process has asked the operating system to sync can.

let folder: string;
let path: string;
let started: InboxProcess[];
beforeEach(() => {
  // As the system calls say it.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'inbox-sync-')));
  path = join(folder, 'inbox.sqlite');
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.kill()));
  rmSync(folder, { recursive: true });
});

const traceFile = (): string => join(folder, 'trace');
const start = async (order: Omit<SqliteOrder, 'path'>, under?: readonly string[]): Promise<InboxProcess> => {
  const one = await startSqliteProcess({ path, ...order }, under);
  started.push(one);
  return one;
};
const startTraced = (order: Omit<SqliteOrder, 'path'>): Promise<InboxProcess> => start(order, straceTo(traceFile()));
const wrongOrder = (wrong: Wrong | undefined) => (wrong === undefined ? {} : { wrong });

describe.runIf(canTrace)('between a request and its 200', () => {
  const deliverOneByOne = async (wrong?: Wrong): Promise<Trace> => {
    const server = await startTraced(wrongOrder(wrong));
    const count = wrong === undefined ? deliveries : wrongDeliveries;
    for (let index = 0; index < count; index++) {
      expect(await server.post()).toSatisfy(accepted);
      // What is synced late is to be late, and over before the next one comes.
      await sleep(wrong === undefined ? 15 : 60);
    }
    await server.kill();
    return readTrace(traceFile(), path);
  };
  const deliveries = 200;
  const wrongDeliveries = 50;

  test('the log is synced: 200 of 200', { timeout: 120_000 }, async () => {
    const { marks } = await deliverOneByOne();
    expect(countSynced(marks)).toEqual({ answers: deliveries, synced: deliveries });
  });

  test.each<[Wrong]>([['never syncs'], ['syncs after the answer']])(
    'an inbox that %s is found out',
    { timeout: 120_000 },
    async (wrong) => {
      const { answers, synced } = countSynced((await deliverOneByOne(wrong)).marks);
      expect(answers).toBe(wrongDeliveries);
      expect(synced).toBeLessThan(wrongDeliveries / 10);
    },
  );
});

describe.runIf(canTrace)('what a killed process has written, but not synced', () => {
  test('is synced before a redelivery is answered as a duplicate', { timeout: 120_000 }, async () => {
    const delivery = freshDelivery();
    // Killed in place of its sync, it would have given no answer; here only the file matters.
    const killed = await start({ works: false, wrong: 'never syncs' });
    await killed.post(delivery);
    await killed.kill();
    const next = await startTraced({ works: false });
    expect((await next.post(delivery)).body).toMatchObject({ status: 'duplicate' });
    await next.kill();
    const { marks } = readTrace(traceFile(), path);
    expect(marks).toContain('answer');
    expect(marks.slice(0, marks.indexOf('request'))).toContain('log synced');
  });
});

describe.runIf(canTrace)('concurrent deliveries', () => {
  /** Over connections, each with one request at a time; gives how many syncs there were. */
  const deliverAtOnce = async (connections: number, wrong?: Wrong): Promise<number> => {
    const server = await startTraced({ works: false, ...wrongOrder(wrong) });
    const sockets = Array.from({ length: connections }, () => connect(server.port, '127.0.0.1').setNoDelay());
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const requests = Array.from({ length: deliveries }, toRequest).values();
    const sendAll = async (socket: Socket): Promise<void> => {
      for (const request of requests) {
        socket.write(request);
        const [answer] = await once(socket, 'data');
        expect(String(answer)).toMatch(/^HTTP\/1\.1 200 .*"accepted"/s);
      }
    };
    await Promise.all(sockets.map(sendAll));
    for (const socket of sockets) socket.destroy();
    await server.kill();
    const { marks } = readTrace(traceFile(), path);
    const count = (what: Mark): number => marks.filter((mark) => mark === what).length;
    expect(count('answer')).toBe(deliveries);
    return count('log synced');
  };
  const deliveries = 640;

  test('share syncs', { timeout: 120_000 }, async () => {
    const syncs = await deliverAtOnce(64);
    expect(syncs).toBeGreaterThan(0);
    expect(syncs).toBeLessThan(deliveries / 2);
  });

  test('an inbox that syncs each put is found out', { timeout: 120_000 }, async () => {
    // Few at once: puts wait for each other's syncs, and one that waits too long is answered with a 503.
    expect(await deliverAtOnce(8, 'syncs each put')).toBeGreaterThanOrEqual(deliveries);
  });
});

/** A delivery as it goes over the wire. */
function toRequest(): Buffer {
  const { headers, body } = freshDelivery();
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': body.length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST /webhooks/twenty HTTP/1.1\r\n${head}\r\n`), body]);
}

describe.runIf(canTrace)('claims and settlements', () => {
  const jobs = 300;
  const drain = async (wrong?: Wrong): Promise<number> => {
    const server = await start({ works: false });
    for (let sent = 0; sent < jobs; sent += 50) await Promise.all(Array.from({ length: 50 }, () => server.post()));
    await server.stop();
    const worker = await startTraced({ receives: false, inbox: { concurrency: 2 }, ...wrongOrder(wrong) });
    await worker.until('all jobs are done', () => worker.idsOf('done').length === jobs, 60_000);
    await worker.stop();
    return readTrace(traceFile(), path).syncs;
  };

  test('cost no sync of their own', { timeout: 120_000 }, async () => {
    expect(await drain()).toBeLessThan(jobs / 10);
  });

  test('an inbox that syncs each of them is found out', { timeout: 120_000 }, async () => {
    expect(await drain('syncs each settlement')).toBeGreaterThanOrEqual(jobs / 10);
  });
});
