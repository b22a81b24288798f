import {
  type AdapterOptions,
  type AdapterReceiver,
  type ReadyReceiverOptions,
  type Schemas,
  toAnswer,
  webBody,
} from '@twenty-webhooks/core';
import { lazyReceiver } from './lazy-receiver.ts';

export interface TwentyRouteHandler {
  (request: Request): Promise<Response>;
  /** Made at the first request. */
  readonly receiver: AdapterReceiver | undefined;
}

/**
 * Receive webhooks in a route of the App Router, Node or edge: `export const POST = twentyWebhooks(…)`. The file is the
 * path; the option `path` only tells two routes apart that share an address. The receiver is made at the first request,
 * because `next build` loads route files without the secret, and lives as long as the process, also under hot reload.
 *
 * @throws HANDLERS_MISSING; at the first request SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * export const POST = twentyWebhooks({ on: { 'person.created': ({ data }) => console.log(data.attributes) } });
 */
export function twentyWebhooks<TOn, TSchemas extends Schemas = Record<never, never>>(
  options: AdapterOptions<TOn, TSchemas> | ReadyReceiverOptions,
): TwentyRouteHandler {
  const lazy = lazyReceiver(options as AdapterOptions<unknown, Schemas> | ReadyReceiverOptions);

  const handle = async (request: Request): Promise<Response> => {
    const { method, url, headers } = request;
    const receiver = lazy.get(new URL(url).pathname);
    const answer = toAnswer(await receiver.receive({ method, url, headers, body: webBody(request, { fix }) }));
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
  return Object.defineProperty(handle, 'receiver', { get: () => lazy.made }) as TwentyRouteHandler;
}

const fix = 'Export twentyWebhooks(…) as POST itself, or hand it the request before json(), text() or formData().';
