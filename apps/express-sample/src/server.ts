import type { AddressInfo } from 'node:net';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { createApp } from './app.ts';
import { readEnv } from './env.ts';

const { secrets, inboxFile, port } = readEnv();
const { app, webhooks } = createApp({ secrets, inbox: sqliteInbox(inboxFile) });

const server = app.listen(port, () => {
  console.log(`Twenty's webhook URL: http://localhost:${(server.address() as AddressInfo).port}/webhooks/twenty`);
});

// First no new deliveries, then the end of handlers that run; what does not end in 5 seconds runs again after the restart.
process.once('SIGTERM', () => {
  server.close(() => void webhooks.receiver.close());
});
