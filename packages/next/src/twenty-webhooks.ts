import {
  type AdapterReceiver,
  defaultPath,
  type ReadyReceiverOptions,
  type Schemas,
  toAnswer,
  webBody,
} from '@twenty-webhooks/core';
import { type LazyReceiverOptions, lazyReceiver } from './lazy-receiver.ts';

/** What `twentyWebhooks` makes: a route handler that makes its receiver when it is needed. */
export interface TwentyRouteHandler {
  (request: Request): Promise<Response>;
  /** Made at the first request, or by `start`. */
  readonly receiver: AdapterReceiver | undefined;
  /**
   * Make the receiver now: for `instrumentation.ts`, so that jobs that were left in an inbox need not wait for the next
   * delivery. A route elsewhere than at `/webhooks/twenty` needs the option `path` for that.
   *
   * @throws SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE, INBOX_INVALID
   */
  start(): AdapterReceiver;
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
  options: LazyReceiverOptions<TOn, TSchemas> | ReadyReceiverOptions,
): TwentyRouteHandler {
  const lazy = lazyReceiver(options as LazyReceiverOptions<unknown, Schemas> | ReadyReceiverOptions);

  const handle = async (request: Request): Promise<Response> => {
    const { method, url, headers } = request;
    const receiver = lazy.get(new URL(url).pathname);
    const answer = toAnswer(await receiver.receive({ method, url, headers, body: webBody(request, { fix }) }));
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
  const routeHandler = Object.assign(handle, { start: () => lazy.get(defaultPath) });
  return Object.defineProperty(routeHandler, 'receiver', { get: () => lazy.made }) as unknown as TwentyRouteHandler;
}

const fix = 'Export twentyWebhooks(…) as POST itself, or hand it the request before json(), text() or formData().';
