// The Express sample as a process of its own, with a clock that can stand still and a world outside that can be slow. Tells
// its port to whoever forked it.
import type { AddressInfo } from 'node:net';
import { createApp, Journal } from '@twenty-webhooks/express-sample';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import type { SampleOptions } from './start-sample.ts';

const { secrets, inboxFile, nowMs, effectMs = 0 } = JSON.parse(process.argv[2] ?? '{}') as SampleOptions;
// Rejections are what half of the demo is about; the table shows them.
console.warn = () => {};

const { app } = createApp({
  secrets,
  // Whoever is killed here is missed soon.
  inbox: sqliteInbox(inboxFile, { leaseMs: 500 }),
  journal: new Journal({ delayMs: effectMs }),
  now: nowMs === undefined ? undefined : () => nowMs,
});
const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
