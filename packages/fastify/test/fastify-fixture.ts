import type { AdapterFixture } from '@twenty-webhooks/testing';
import type createApp from 'fastify';
import type { twentyWebhooks as fromSource } from '../src/index.ts';

/** Apps of Fastify for `describeAdapter`; the adapter is given, so that a packed one can be proven as well. */
export function createFastifyFixture(fastify: typeof createApp, twentyWebhooks: typeof fromSource): AdapterFixture {
  return {
    // A parser of the app never runs on the adapter's route, so that only hooks could take the body away.
    variants: ['plain', 'raw-body'],
    async start(variant, options) {
      const app = fastify({ forceCloseConnections: true });
      if (variant === 'raw-body') {
        app.addHook('preParsing', async (request, _reply, payload) => {
          const chunks: Buffer[] = [];
          for await (const chunk of payload) chunks.push(chunk);
          Object.assign(request, { rawBody: Buffer.concat(chunks) });
        });
      }
      app.register(twentyWebhooks, { ...options });
      app.post('/sibling', async (request) => request.body);
      app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, text: string) => text);
      app.route({ method: ['GET', 'POST', 'DELETE'], url: '/other', handler: async () => 'other' });
      const origin = await app.listen({ port: 0, host: '127.0.0.1' });
      return {
        url: `${origin}/webhooks/twenty`,
        siblingUrl: `${origin}/sibling`,
        otherUrl: `${origin}/other`,
        close: () => app.close(),
      };
    },
  };
}
