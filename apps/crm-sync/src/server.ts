import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { twentyWebhooks } from '@twenty-webhooks/fastify';
import Fastify from 'fastify';
import { closeDatabase, inbox } from '../lib/database.ts';
import { stopping } from '../lib/twenty.ts';
import { env } from './env.ts';
import { receiver } from './receiver.ts';
import { reconcile, status } from './reconcile.ts';

const app = Fastify();
app.register(twentyWebhooks, { receiver });
app.get('/status', async () => ({ jobs: await inbox.inspection.counts(), reconcile: status }));
if (env.adminToken) {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  app.post('/reconcile', async ({ headers, query }, reply) => {
    const isAdmin = timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${env.adminToken}`));
    if (!isAdmin || status.running) return reply.code(isAdmin ? 409 : 401).send();
    pass = reconcile('force' in (query as object));
    return reply.code(202).send();
  });
}
const stop = Promise.race(['SIGINT', 'SIGTERM'].map((name) => once(process, name))).then(() => stopping.abort());
const origin = await app.listen({ host: '0.0.0.0', port: env.port });
console.log(`Twenty's webhook URL: http://localhost:${new URL(origin).port}/webhooks/twenty`);
let pass = reconcile();
await stop;
await Promise.all([app.close(), pass]);
await receiver.close({ graceMs: 2_000 });
await closeDatabase();
process.exit(); // A call that HubSpot does not answer would keep it.
