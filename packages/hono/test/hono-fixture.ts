import type { AdapterFixture } from '@twenty-webhooks/testing';
import { Hono } from 'hono';
import type { twentyWebhooks as fromSource } from '../src/index.ts';

/** Start a server for an app. */
export type ServeApp = (app: Pick<Hono, 'fetch'>) => Promise<{ readonly origin: string; close(): Promise<void> }>;

/** Apps of Hono for `describeAdapter`; the adapter is given, so that a packed one can be proven as well. */
export function createHonoFixture(serve: ServeApp, twentyWebhooks: typeof fromSource): AdapterFixture {
  return {
    variants: ['plain', 'json-parser-first', 'raw-parser-first', 'verify-only'],
    async start(variant, options) {
      const adapter = twentyWebhooks(options);
      const app = new Hono();
      if (variant === 'json-parser-first') {
        app.use(async (context, next) => {
          await context.req.json();
          await next();
        });
      }
      if (variant === 'raw-parser-first') {
        app.use(async (context, next) => {
          await context.req.arrayBuffer();
          await next();
        });
      }
      app.all('/webhooks/twenty', adapter, (context) => {
        const { event, id } = context.var.twenty.event;
        return context.json({ event, id });
      });
      app.post('/sibling', async (context) => context.json(await context.req.json()));
      app.all('/other', (context) => context.text('other'));
      const server = await serve(app);
      return {
        url: `${server.origin}/webhooks/twenty`,
        siblingUrl: `${server.origin}/sibling`,
        otherUrl: `${server.origin}/other`,
        async close() {
          await server.close();
          await adapter.receiver.close({ graceMs: 0 });
        },
      };
    },
  };
}
