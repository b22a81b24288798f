import { createHash, timingSafeEqual } from 'node:crypto';
import { twentyWebhooks } from '@twenty-webhooks/fastify';
import Fastify from 'fastify';
import { closeDatabase, inbox } from '../lib/database.ts';
import { adminToken, port } from './env.ts';
import { receiver } from './receiver.ts';
import { reconcile, status, stopping } from './reconcile.ts';

const app = Fastify();
app.register(twentyWebhooks, { receiver });
app.get('/status', async () => ({ jobs: await inbox.inspection.counts(), reconcile: status }));
if (adminToken) {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  app.post('/reconcile', async ({ headers }, reply) => {
    if (!timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${adminToken}`)))
      return reply.code(401).send();
    if (status.running) return reply.code(409).send();
    pass = reconcile();
    return reply.code(202).send();
  });
}
const origin = await app.listen({ host: '0.0.0.0', port: Number(port) });
console.log(`Twenty's webhook URL: http://localhost:${new URL(origin).port}/webhooks/twenty`);
let pass = reconcile();

process.once('SIGTERM', async () => {
  stopping.abort();
  await Promise.all([app.close(), pass]);
  await receiver.close();
  await closeDatabase();
});
