import { twentyWebhooks } from '@twenty-webhooks/fastify';
import Fastify from 'fastify';
import { type readDelivery, routes, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, path, type RunningServer } from '../running-server.ts';
import { isRoute, optionsOf, type Variant } from '../variant.ts';

export async function startFastify(variant: Variant, folder: string): Promise<RunningServer> {
  const app = Fastify();
  if (isRoute(variant)) {
    const read: typeof readDelivery = routes[variant];
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post<{ Body: Buffer }>(path, async (request, reply) => {
      const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers;
      const event = read(signature, timestamp, request.body);
      return event === undefined ? reply.code(401).send({ error: 'not genuine' }) : { ok: true };
    });
  } else {
    app.register(twentyWebhooks, optionsOf(variant, folder));
  }
  await app.ready();
  return listen(app.server, () => app);
}
