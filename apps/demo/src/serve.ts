// The Express sample as a process of its own, with a clock that can stand still. Tells its port to whoever forked it.
import type { AddressInfo } from 'node:net';
import { createApp } from '@twenty-webhooks/express-sample';

const { secrets, nowMs } = JSON.parse(process.argv[2] ?? '{}');
// Rejections are what half of the demo is about; the table shows them.
console.warn = () => {};

const { app } = createApp({ secrets, now: nowMs === undefined ? undefined : () => nowMs });
const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
