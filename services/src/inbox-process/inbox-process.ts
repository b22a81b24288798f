import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver, type HandlerContext, type TwentyEvent } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { monotonicMs, type OpenProcessInbox, type ProcessOrder, type Report, secret } from './process-order.ts';

// The process that `startInboxProcess` starts: a server with an inbox, a worker, or both.

const order: ProcessOrder = JSON.parse(process.argv[2] ?? '');
const { module, open, receives = true, works = true, handlerMs = 0, blockMs = 0 } = order;
const { openInbox }: { readonly openInbox: OpenProcessInbox } = await import(module);
// The parent is gone.
const exit = (): void => process.exit(1);
process.once('disconnect', exit);

const log = (text: string, ...details: unknown[]): void => report({ what: 'log', text: [text, ...details].join(' ') });
const receiver = createReceiver({
  secret,
  inbox: openInbox(...(open as never[])),
  work: false,
  retry: { minDelayMs: 50 },
  on: {
    '*': async ({ id }: TwentyEvent, { attempt, signal }: HandlerContext) => {
      const note = (what: 'began' | 'returned' | 'aborted'): void => report({ what, id, attempt, atMs: monotonicMs() });
      note('began');
      signal.addEventListener('abort', () => note('aborted'));
      const endMs = performance.now() + blockMs;
      while (performance.now() < endMs);
      if (handlerMs > 0) await sleep(handlerMs);
      note('returned');
    },
  },
  logger: { warn: log, error: log },
  observe(seen) {
    if (seen.status !== 'job') return;
    report({ what: seen.result, id: seen.event.id, attempt: seen.attempt, atMs: monotonicMs() });
  },
});
if (works) receiver.start();

const webhooks = toNodeHandler(receiver);
const server = createServer((request, response) => {
  if (request.method === 'GET') response.end('alive');
  else webhooks(request, response);
});
if (receives) await once(server.listen(0, '127.0.0.1'), 'listening');

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  report({ what: 'cpu', cpuMs: (user + system) / 1_000 });
});
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await receiver.close();
  report({ what: 'closed' });
  process.off('disconnect', exit);
  process.disconnect();
});
report({ what: 'ready', pid: process.pid, port: (server.address() as AddressInfo | null)?.port });

function report(what: Report): void {
  process.send?.(what);
}
