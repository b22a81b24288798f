import { createApp } from './app.ts';
import { readEnv } from './env.ts';
import { openInbox } from './open-inbox.ts';

// Runs handlers, and nothing else: beside a server with WORK=no, as often as the work needs it.

const env = readEnv();
const { webhooks } = createApp({ secrets: env.secrets, inbox: openInbox(env) });
// Before it says anything: whoever reads that may stop it at once.
process.once('SIGTERM', () => void webhooks.receiver.close());
webhooks.receiver.start();
console.log('Working.');
