import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { readEnv } from './env.ts';
import { openInbox } from './open-inbox.ts';

const env = readEnv();
const { app, webhooks } = createApp({ secrets: env.secrets, inbox: openInbox(env), work: env.works });

const server = app.listen(env.port, (error) => {
  if (error) throw error;
  console.log(`Twenty's webhook URL: http://localhost:${(server.address() as AddressInfo).port}/webhooks/twenty`);
});

// First no new deliveries, then the end of handlers that run; what does not end in 5 seconds runs again after the restart.
process.once('SIGTERM', () => {
  server.close(() => void webhooks.receiver.close());
});
