import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, memoryInbox } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { randomChange, startTwentySimulator } from '@twenty-webhooks/testing';
import { bundleWorker } from './bundle-worker.ts';
import { startWorkerd } from './start-workerd.ts';

// The worker in workerd, between a simulated Twenty and an origin: a receiver that verifies again, and shows what has arrived.

// `exit` ends the worker, which a signal alone would not do.
let stop = async (): Promise<void> => process.exit(1);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());

const twenty = await startTwentySimulator();
let arrived = 0;
const receiver = createReceiver({
  secret: twenty.secret,
  inbox: memoryInbox(),
  on: { '*': ({ event, id }) => console.log(`Origin: ${event} ${id}, ${++arrived} so far`) },
});
const handle = toNodeHandler(receiver);
const origin = createServer((request, response) => {
  if (request.method === 'POST') handle(request, response);
  else response.setHeader('content-type', 'application/json').end(JSON.stringify({ arrived }));
});
await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
const originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/webhooks/twenty`;

const worker = await startWorkerd(await bundleWorker(), {
  port: Number(process.env.PORT || 0),
  network: 'anything',
  bindings: { TWENTY_WEBHOOK_SECRET: twenty.secret, ORIGIN_URL: originUrl },
});
console.log(`Worker: ${worker.origin}/webhooks/twenty`);
console.log(`Arrived: ${originUrl}`);
console.log('A simulated Twenty makes a change every 3 seconds. Ctrl-C ends it.');
twenty.setTarget(`${worker.origin}/webhooks/twenty`);
const change = (): void => void randomChange(twenty.workspace);
for (let first = 0; first < 3; first++) change();
const timer = setInterval(change, 3_000);

let isStopping = false;
stop = async () => {
  if (isStopping) return;
  isStopping = true;
  // Whatever hangs, the worker does not outlive it.
  setTimeout(() => process.exit(1), 4_000).unref();
  clearInterval(timer);
  await twenty.close();
  await worker.close();
  origin.close();
  origin.closeAllConnections();
  await receiver.close();
};
await worker.ended;
if (!isStopping) {
  console.error(`The worker ended by itself:\n${worker.output}`);
  process.exitCode = 1;
  await stop();
}
