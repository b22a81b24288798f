import { createAdaptorServer } from '@hono/node-server';
import { twentyWebhooks } from '@twenty-webhooks/hono';
import { Hono } from 'hono';
import { type readDelivery, routes, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, path, type RunningServer } from '../running-server.ts';
import { isRoute, optionsOf, type Variant } from '../variant.ts';

export function startHono(variant: Variant, folder: string): Promise<RunningServer> {
  const app = new Hono();
  if (isRoute(variant)) {
    const read: typeof readDelivery = routes[variant];
    app.post(path, async (context) => {
      const body = Buffer.from(await context.req.arrayBuffer());
      const event = read(context.req.header(signatureHeader), context.req.header(timestampHeader), body);
      return event === undefined ? context.json({ error: 'not genuine' }, 401) : context.json({ ok: true });
    });
    return listen(createAdaptorServer({ fetch: app.fetch }), () => undefined);
  }
  const route = twentyWebhooks(optionsOf(variant, folder));
  app.post(path, route);
  return listen(createAdaptorServer({ fetch: app.fetch }), () => route.receiver);
}
