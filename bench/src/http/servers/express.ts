import { createServer } from 'node:http';
import { twentyWebhooks } from '@twenty-webhooks/express';
import express from 'express';
import { type readDelivery, routes, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, path, type RunningServer } from '../running-server.ts';
import { isRoute, optionsOf, type Variant } from '../variant.ts';

export function startExpress(variant: Variant, folder: string): Promise<RunningServer> {
  const app = express();
  if (isRoute(variant)) {
    const read: typeof readDelivery = routes[variant];
    app.post(path, express.raw({ type: 'application/json' }), (request, response) => {
      const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers;
      const event = read(signature, timestamp, request.body);
      if (event === undefined) response.status(401).json({ error: 'not genuine' });
      else response.json({ ok: true });
    });
    return listen(createServer(app), () => undefined);
  }
  const middleware = twentyWebhooks(optionsOf(variant, folder));
  app.use(middleware);
  return listen(createServer(app), () => middleware.receiver);
}
