import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type AdapterFixture, describeAdapter, startTestServer } from '@twenty-webhooks/testing';
import { Hono } from 'hono';
import { describe, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

type AdapterApp = Pick<Hono, 'fetch'>;

/** `fetch` is how the app is called: with Node's own request beside the web-standard one, or without. */
function createFixture(toFetch: (app: AdapterApp) => Hono['fetch']): AdapterFixture {
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
      const server = await startTestServer(createAdaptorServer({ fetch: toFetch(app) }) as Server);
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

describeAdapter(
  'Hono on Node',
  createFixture((app) => app.fetch),
  { describe, it },
);
describeAdapter(
  'Hono fetch',
  createFixture((app) => (request) => app.fetch(request)),
  { describe, it },
);
