import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { secret } from '../../contenders/secret.ts';
import { createLoopMeter, readQueuedMs } from './loop-meter.ts';
import type { Question, ServerMeasures, ServerOrder } from './server-order.ts';
import { startFramework } from './start-framework.ts';

// The server under attack. It says its port, then answers questions about itself.

const { framework, inboxFile, bodyTimeoutMs, node }: ServerOrder = JSON.parse(process.argv[2] ?? '');
const server = await startFramework(
  framework,
  {
    secret,
    inbox: sqliteInbox(inboxFile),
    on: { 'person.created': () => {} },
    ...(bodyTimeoutMs !== undefined && { bodyTimeoutMs }),
  },
  node,
);

const loop = createLoopMeter();
let longestGcMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestGcMs = Math.max(longestGcMs, duration);
}).observe({ entryTypes: ['gc'] });

let residentBytes: number[] = [];
let mostSockets = 0;
setInterval(async () => {
  residentBytes.push(process.memoryUsage.rss());
  mostSockets = Math.max(mostSockets, await countSockets(server));
}, 250).unref();

let startedAtMs = 0;
let startedCpuMs = 0;
let startedQueuedMs: number | undefined;
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const answer: Readonly<Record<Question, () => unknown>> = {
  begin() {
    loop.reset();
    longestGcMs = 0;
    residentBytes = [];
    mostSockets = 0;
    startedAtMs = performance.now();
    startedCpuMs = cpuMs();
    startedQueuedMs = readQueuedMs();
    return true;
  },
  measure: (): ServerMeasures => ({
    loop: loop.read(),
    longestGcMs,
    residentBytes,
    mostSockets,
    cpuMs: cpuMs() - startedCpuMs,
    queuedMs: startedQueuedMs === undefined ? undefined : (readQueuedMs() ?? Number.NaN) - startedQueuedMs,
    durationMs: performance.now() - startedAtMs,
  }),
  sockets: () => countSockets(server),
  heap() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 3; round++) collect();
    return process.memoryUsage().heapUsed;
  },
};

function countSockets(of: Server): Promise<number> {
  return new Promise((resolve) => of.getConnections((_error, count) => resolve(count)));
}

process.on('message', async (question: Question) => process.send?.({ answer: await answer[question]() }));
// The parent is gone.
process.once('disconnect', () => process.exit());
process.send?.({ port: (server.address() as AddressInfo).port });
