import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver, type Handler } from '@twenty-webhooks/core';
import { twentyWebhooks } from '@twenty-webhooks/express';
import express from 'express';
import { monotonicMs, openLedger, type RunLine } from '../../bench/src/soak/ledger.ts';
import { handlers, secret } from './cluster-handlers.ts';
import { type ClusterStorage, openInbox } from './open-inbox.ts';

// A process of the cluster: a server that only receives, or a worker. It says that it is up, then goes on until it is killed
// or told to end. What it logs goes to the console, as it does for those who give no logger.

/** What such a process has to do. */
export interface ClusterOrder {
  readonly storage: ClusterStorage;
  readonly ledgerFile: string;
  /** Where to listen; a worker does not. */
  readonly port?: number | undefined;
}

const { storage, ledgerFile, port }: ClusterOrder = JSON.parse(process.argv[2] ?? '');
const ledger = openLedger(ledgerFile);
// The parent is gone.
const exit = (): void => process.exit(1);
process.once('disconnect', exit);
if (!process.connected) exit();

const receiver = createReceiver({
  secret,
  inbox: await openInbox(storage),
  work: false,
  retry: { attempts: 20, minDelayMs: 200, maxDelayMs: 2_000 },
  on: Object.fromEntries(handlers.map((pattern) => [pattern, createHandler(pattern)])),
});

const server = createServer(express().use(twentyWebhooks({ receiver })));
if (port === undefined) receiver.start();
else await once(server.listen(port, '127.0.0.1'), 'listening');
process.once('SIGTERM', () => void stop());
process.send?.('up');

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

/** Some time, the effect, some time. */
function createHandler(handler: string): Handler {
  return async (event, { attempt, idempotencyKey: key }) => {
    const note = (what: RunLine['what']): void => {
      const { pid } = process;
      ledger.append({ what, pid, key, attempt, handler, eventId: event.id, record: '', atMs: monotonicMs() });
    };
    const halfMs = halfOf(key);
    note('began');
    await sleep(halfMs);
    note('effect');
    await sleep(halfMs);
    note('returned');
  };
}

/** Most are short; one in sixteen is long enough to be met by a kill. The key is a digest: as good as chance, and repeatable. */
function halfOf(key: string): number {
  const last = Number.parseInt(key.slice(-2), 16);
  return last % 16 === 0 ? 100 : last % 8;
}
