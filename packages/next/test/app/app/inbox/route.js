import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { twentyWebhooks } from '@twenty-webhooks/next';
import { sqliteInbox } from '@twenty-webhooks/sqlite';

// Neither variable is set while the app is built.
export const POST = twentyWebhooks({
  path: '/inbox',
  secret: 'inbox-secret',
  inbox: () => sqliteInbox(process.env.INBOX_FILE, { leaseMs: 500 }),
  on: {
    'person.created': async ({ id }, { attempt }) => {
      appendFileSync(process.env.HANDLED_FILE, `begun ${id} ${attempt}\n`);
      while (!existsSync(process.env.END_FILE)) await sleep(20);
      appendFileSync(process.env.HANDLED_FILE, `ended ${id} ${attempt}\n`);
    },
  },
});
