import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { twentyWebhooks } from '@twenty-webhooks/express';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import express from 'express';
import { secret } from '../contenders/secret.ts';

// An Express server with slow handlers. It says its port, then how many events are handled whenever it is asked.

export interface SlowOrder {
  /** Without a file handlers run inside the request. */
  readonly inboxFile: string | undefined;
  readonly handlerMs: number;
}

const { inboxFile, handlerMs }: SlowOrder = JSON.parse(process.argv[2] ?? '');
let handled = 0;
const webhooks = twentyWebhooks({
  secret,
  ...(inboxFile !== undefined && { inbox: sqliteInbox(inboxFile) }),
  on: {
    'person.created': async () => {
      await sleep(handlerMs);
      handled++;
    },
  },
});
const server = createServer(express().use(webhooks));
await once(server.listen(0, '127.0.0.1'), 'listening');
process.on('message', () => process.send?.({ handled }));
// The parent is gone.
process.on('disconnect', () => process.exit());
process.send?.({ port: (server.address() as AddressInfo).port });
