import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { readEnv } from './env.ts';

const { secrets, port } = readEnv();
const { app, webhooks } = createApp({ secrets });

const server = app.listen(port, () => {
  console.log(`Twenty's webhook URL: http://localhost:${(server.address() as AddressInfo).port}/webhooks/twenty`);
});

// First no new deliveries, then the end of those that run.
process.once('SIGTERM', () => {
  server.close(() => void webhooks.receiver.close());
});
