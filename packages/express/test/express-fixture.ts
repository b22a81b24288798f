import type { RequestListener } from 'node:http';
import { type AdapterFixture, startTestServer } from '@twenty-webhooks/testing';
import type express5 from 'express';
import type { Express } from 'express';
import type { twentyWebhooks as fromSource } from '../src/index.ts';

/** Apps of Express for `describeAdapter`; the adapter is given, so that a packed one can be proven as well. */
export function createExpressFixture(express: typeof express5, twentyWebhooks: typeof fromSource): AdapterFixture {
  const parsers = {
    'json-parser-first': () => express.json({ type: () => true, limit: '10mb' }),
    'raw-parser-first': () => express.raw({ type: () => true, limit: '10mb' }),
    'raw-body': () =>
      express.json({
        type: () => true,
        verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
      }),
  };
  return {
    variants: ['plain', 'json-parser-first', 'raw-parser-first', 'raw-body', 'verify-only'],
    async start(variant, options) {
      const app: Express = express();
      if (variant in parsers) app.use(parsers[variant as keyof typeof parsers]());
      const middleware = twentyWebhooks(options);
      app.use(middleware);
      app.post('/webhooks/twenty', (request, response) => {
        response.json({ event: request.twenty?.event.event, id: request.twenty?.event.id });
      });
      app.post('/sibling', express.json(), (request, response) => {
        response.json(request.body);
      });
      app.all('/other', (_request, response) => {
        response.send('other');
      });
      const server = await startTestServer(app as RequestListener);
      return {
        url: `${server.origin}/webhooks/twenty`,
        siblingUrl: `${server.origin}/sibling`,
        otherUrl: `${server.origin}/other`,
        async close() {
          await server.close();
          await middleware.receiver.close({ graceMs: 0 });
        },
      };
    },
  };
}
