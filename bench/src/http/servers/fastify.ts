import { twentyWebhooks } from '@twenty-webhooks/fastify';
import Fastify from 'fastify';
import { readDelivery, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, path, type RunningServer } from '../running-server.ts';
import { optionsOf, type Variant } from '../variant.ts';

export async function startFastify(variant: Variant, folder: string): Promise<RunningServer> {
  const app = Fastify();
  if (variant === 'by hand') {
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post<{ Body: Buffer }>(path, async (request, reply) => {
      const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers;
      const event = readDelivery(signature, timestamp, request.body);
      return event === undefined ? reply.code(401).send({ error: 'not genuine' }) : { ok: true };
    });
  } else {
    app.register(twentyWebhooks, optionsOf(variant, folder));
  }
  await app.ready();
  return listen(app.server, () => app);
}
