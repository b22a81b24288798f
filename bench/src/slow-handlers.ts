import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bar, factBar } from './bar.ts';
import { makeRequests } from './http/requests.ts';
import type { Report } from './report.ts';
import type { SlowOrder } from './slow-handlers/server-process.ts';

/** How long answers took while handlers were slow. */
export interface SlowHandlersResult {
  readonly deliveries: number;
  readonly answerMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
  /** How many jobs were done when the last delivery was answered. */
  readonly handled: number;
  readonly perSecond: number;
}

export interface SlowHandlersOptions {
  /** @default 30 000 */
  readonly deliveries?: number;
  /** Without an inbox every answer waits for its handler, which must be seen. */
  readonly inline?: boolean;
}

/** Whether answers wait for handlers: an Express server with handlers of 2 s each, deliveries over 64 connections. */
export async function benchSlowHandlers(report: Report): Promise<void> {
  const { deliveries, perSecond, handled, answerMs } = await measureSlowHandlers();
  const { p50, p99, max } = answerMs;
  const title = `handlers of ${handlerMs / 1_000} s each, Express with sqliteInbox, ${connections} connections`;
  const cells = [p50.toFixed(1), p99.toFixed(1), max.toFixed(1), perSecond.toFixed(0), String(handled)];
  const head = ['', 'p50 ms', 'p99 ms', 'max ms', 'answers/s', 'handled meanwhile'];
  report.table(title, head, [[`${deliveries} deliveries`, ...cells]]);
  report.bar(atMost('p99 of the answer', p99, 50));
  report.bar(atMost('slowest answer', max, 1_000));
}

const atMost = (name: string, ms: number, allowedMs: number): Bar =>
  factBar(`handlers of 2 s: ${allowedMs} ms, of the ${name}`, allowedMs / ms);

export async function measureSlowHandlers({
  deliveries = 30_000,
  inline = false,
}: SlowHandlersOptions = {}): Promise<SlowHandlersResult> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-slow-'));
  const order: SlowOrder = { inboxFile: inline ? undefined : join(folder, 'inbox.sqlite'), handlerMs };
  const child = fork(join(import.meta.dirname, 'slow-handlers', 'server-process.ts'), [JSON.stringify(order)], {
    execArgv: [],
  });
  const exited = once(child, 'exit');
  const sockets: Socket[] = [];
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    for (let index = 0; index < connections; index++) sockets.push(connect(port, '127.0.0.1').setNoDelay());
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // What is sent first meets a server that has compiled nothing yet.
    await sendAll(sockets, makeRequests(Math.min(deliveries, 1_000)));
    // Signed before the first is sent: what the sender computes is not on the server's account.
    const requests = makeRequests(deliveries);
    const startedAtMs = performance.now();
    const answersMs = (await sendAll(sockets, requests)).sort((one, other) => one - other);
    const tookMs = performance.now() - startedAtMs;
    child.send('handled');
    const [{ handled }] = (await once(child, 'message')) as [{ handled: number }];
    const quantile = (share: number): number => answersMs[Math.floor((answersMs.length - 1) * share)] ?? Number.NaN;
    return {
      deliveries,
      answerMs: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) },
      handled,
      perSecond: (deliveries / tookMs) * 1_000,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
  }
}

/** Send deliveries over all connections, each with one request at a time; gives how long each answer took. */
async function sendAll(sockets: readonly Socket[], requests: readonly Buffer[]): Promise<number[]> {
  const left = requests.values();
  const answersMs: number[] = [];
  const sendNext = async (socket: Socket): Promise<void> => {
    for (const bytes of left) answersMs.push(await send(socket, bytes));
  };
  await Promise.all(sockets.map(sendNext));
  return answersMs;
}

async function send(socket: Socket, bytes: Buffer): Promise<number> {
  const sentAtMs = performance.now();
  socket.write(bytes);
  // A short answer that is written at once comes in one piece.
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const tookMs = performance.now() - sentAtMs;
  const text = answer.toString('latin1');
  if (!text.startsWith('HTTP/1.1 200 ') || text.includes('duplicate'))
    throw new Error(`not a 200 for a new event: ${text}`);
  return tookMs;
}

const connections = 64;
const handlerMs = 2_000;
