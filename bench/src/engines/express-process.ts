import { createServer } from 'node:http';
import { basename } from 'node:path';
import { twentyWebhooks } from '@twenty-webhooks/express';
import express from 'express';
import { secret } from '../contenders/secret.ts';
import { readDelivery, signatureHeader, timestampHeader } from '../http/by-hand.ts';
import { listen, path } from '../http/running-server.ts';
import { type EngineName, type EngineUrls, openInbox } from './open-inbox.ts';
import { storeByHand } from './store-by-hand.ts';

// `node express-process.ts postgres 'by hand' '{"postgres":"…","redis":"…"}' /tmp/folder`. It says its port, then its CPU time
// whenever it is asked. The name of the folder is that of its queue.

const [engine = '', variant = '', urlsText = '', folder = ''] = process.argv.slice(2);
const urls = JSON.parse(urlsText) as EngineUrls;
const queue = basename(folder);
const app = express();
if (variant === 'by hand') {
  const store = await storeByHand(engine as EngineName, urls, queue);
  app.post(path, express.raw({ type: 'application/json' }), async (request, response) => {
    const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers;
    const event = readDelivery(signature, timestamp, request.body);
    if (event === undefined) response.status(401).json({ error: 'not genuine' });
    else response.json({ status: (await store.add(request.body)) ? 'accepted' : 'duplicate' });
  });
} else {
  const inbox = await openInbox(engine as EngineName, urls, { queue });
  app.use(twentyWebhooks({ secret, inbox, work: false, on: { 'person.created': () => {} } }));
}
const { port } = await listen(createServer(app), () => undefined);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
// The parent is gone.
process.on('disconnect', () => process.exit());
process.send?.({ port });
