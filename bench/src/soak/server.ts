import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver, type Handler, type ReceiverOptions } from '@twenty-webhooks/core';
import { twentyWebhooks } from '@twenty-webhooks/express';
import express from 'express';
import { secret } from '../contenders/secret.ts';
import { patterns } from './events.ts';
import { monotonicMs, openLedger, type RunLine } from './ledger.ts';
import { openInbox, type Wrong } from './open-inbox.ts';
import { createRandom } from './random.ts';

// A process of the soak: a server that also works, or a worker only. It says that it is ready, then goes on until it is
// killed or told to end.

/** What such a process has to do. */
export interface ServerOrder {
  readonly inboxFile: string;
  readonly ledgerFile: string;
  readonly role: 'server' | 'worker';
  readonly leaseMs: number;
  readonly seed: number;
  readonly wrong?: Wrong | undefined;
}

const order: ServerOrder = JSON.parse(process.argv[2] ?? '');
const ledger = openLedger(order.ledgerFile);
const random = createRandom(order.seed);
// The parent is gone.
const exit = (): void => process.exit(1);
process.once('disconnect', exit);

const receiver = createReceiver({
  secret,
  inbox: openInbox(order.inboxFile, { leaseMs: order.leaseMs, concurrency: 20 }, order.wrong),
  retry: { attempts: 20, minDelayMs: 50, maxDelayMs: 500 },
  on: Object.fromEntries(patterns.map((pattern) => [pattern, createHandler(pattern)])),
  logger: { warn: log, error: log },
} as ReceiverOptions);

const server = createServer(express().use(twentyWebhooks({ receiver })));
if (order.role === 'worker') receiver.start();
else await once(server.listen(0, '127.0.0.1'), 'listening');
process.once('SIGTERM', () => void stop());
process.send?.({ port: (server.address() as AddressInfo | null)?.port });

async function stop(): Promise<void> {
  if (server.listening) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
  await receiver.close();
  process.off('disconnect', exit);
  process.disconnect();
}

/** Most runs are short, some are not; the effect is somewhere in them. Some jobs fail at first. */
function createHandler(handler: string): Handler {
  return async (event, { attempt, idempotencyKey: key, signal }) => {
    const record = event.kind === 'record' ? `${event.data.object} ${event.data.id}` : '';
    const note = (what: RunLine['what']): void => {
      const { pid } = process;
      ledger.append({ what, pid, key, attempt, handler, eventId: event.id, record, atMs: monotonicMs() });
    };
    const work = (): Promise<void> => sleep(random.happens(0.05) ? random.between(50, 250) : random.between(0, 15));
    note('began');
    await work();
    if (signal.aborted) return note('aborted');
    if (attempt === 1 && failsAtFirst(key)) {
      note('threw');
      throw new Error('this job fails at first');
    }
    note('effect');
    await work();
    note('returned');
  };
}

/** One in seven. */
function failsAtFirst(key: string): boolean {
  let sum = 0;
  for (const character of key) sum += character.charCodeAt(0);
  return sum % 7 === 0;
}

function log(text: string, ...details: unknown[]): void {
  if (text.includes(' failed in attempt ') && !text.includes('dead')) return;
  ledger.append({ what: 'log', pid: process.pid, text: [text, ...details].map(String).join(' ') });
}
