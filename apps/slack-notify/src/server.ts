import type { AddressInfo } from 'node:net';
import { twentyWebhooks } from '@twenty-webhooks/express';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import express from 'express';
import { readEnv } from './env.ts';
import { announceLead } from './handlers/new-lead.ts';
import { announceWin } from './handlers/won-deal.ts';
import { SlackChannel } from './slack.ts';

const env = readEnv();
const slack = new SlackChannel(env);
// Slack takes a message a second in a channel: more runs at once would wait. Those of a killed process are run again after 5 s.
// To wait for a rate limit is no failure, even for days: calls of Slack have a timeout of their own.
const inbox = sqliteInbox(env.inboxFile, { concurrency: 2, leaseMs: 5_000, runTimeoutMs: 7 * 24 * 60 * 60_000 });
const webhooks = twentyWebhooks({
  secret: env.secret,
  inbox,
  // Over 4 to 8 hours: Slack may be down.
  retry: { attempts: 20 },
  on: { 'person.created': announceLead(slack, env), 'opportunity.created': announceWin(slack, env) },
});
webhooks.receiver.on('opportunity.updated', { fields: ['stage'] }, announceWin(slack, env));

const app = express();
// Before any body parser: signatures are over the bytes.
app.use(webhooks);
app.get('/jobs', async (_request, response) => void response.json(await inbox.inspection.counts()));
const server = app.listen(env.port, (error) => {
  if (error) throw error;
  console.log(`Twenty's webhook URL: http://localhost:${(server.address() as AddressInfo).port}/webhooks/twenty`);
});

// No new deliveries, then no new calls of Slack; when those under way have ended, the other jobs are given back.
const stop = () => {
  server.close(async () => {
    await slack.stop();
    await webhooks.receiver.close({ graceMs: 500 });
  });
  // Whoever is connected may say nothing, or half a request.
  setTimeout(() => server.closeAllConnections(), 3_000).unref();
};
process.once('SIGTERM', stop).once('SIGINT', stop);
