import { twentyWebhooks } from '@twenty-webhooks/next';
import { type readDelivery, routes, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, path, type RunningServer } from '../running-server.ts';
import { isRoute, optionsOf, type Variant } from '../variant.ts';
import { createWebServer } from '../web-server.ts';

/** A route handler of the App Router, with the requests that it gets there. Next itself needs a build, and the rest of what it does would hide the difference. */
export function startNext(variant: Variant, folder: string): Promise<RunningServer> {
  if (isRoute(variant)) return listen(createWebServer(byHand(routes[variant])), () => undefined);
  // A route's receiver lives as long as the process, so each server has an address of its own.
  const POST = twentyWebhooks({ ...optionsOf(variant, folder), path: `${path}?${folder}` });
  return listen(createWebServer(POST), () => POST.receiver);
}

const byHand =
  (read: typeof readDelivery) =>
  async (request: Request): Promise<Response> => {
    const body = Buffer.from(await request.arrayBuffer());
    const event = read(request.headers.get(signatureHeader), request.headers.get(timestampHeader), body);
    return event === undefined ? Response.json({ error: 'not genuine' }, { status: 401 }) : Response.json({ ok: true });
  };
