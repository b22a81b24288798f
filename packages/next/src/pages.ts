import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AdapterReceiver,
  defaultPath,
  type ReadyReceiverOptions,
  type Schemas,
  toAnswer,
} from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import { type LazyReceiverOptions, lazyReceiver } from './lazy-receiver.ts';

/** What `twentyWebhooks` makes: an API route that makes its receiver when it is needed. */
export interface TwentyApiHandler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Made at the first request, or by `start`. */
  readonly receiver: AdapterReceiver | undefined;
  /** As that of a route: for `instrumentation.ts`. Needs the option `path`, unless the URL is `/api/webhooks/twenty`. */
  start(): AdapterReceiver;
}

/**
 * Receive webhooks in an API route of the Pages Router. Next parses bodies there unless the file says no:
 *
 * @throws HANDLERS_MISSING; at the first request SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * export const config = { api: { bodyParser: false } };
 * export default twentyWebhooks({ on: { 'person.created': ({ data }) => console.log(data.attributes) } });
 */
export function twentyWebhooks<TOn, TSchemas extends Schemas = Record<never, never>>(
  options: LazyReceiverOptions<TOn, TSchemas> | ReadyReceiverOptions,
): TwentyApiHandler {
  const lazy = lazyReceiver(options as LazyReceiverOptions<unknown, Schemas> | ReadyReceiverOptions);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const receiver = lazy.get(new URL(url, 'http://localhost').pathname);
    const outcome = await receiver.receive({ method, url, headers, body: nodeBody(request, { fix }) });
    writeAnswer(response, toAnswer(outcome));
  };
  const apiHandler = Object.assign(handle, { start: () => lazy.get(`/api${defaultPath}`) });
  return Object.defineProperty(apiHandler, 'receiver', { get: () => lazy.made }) as unknown as TwentyApiHandler;
}

const fix = 'Add to this file: export const config = { api: { bodyParser: false } };';
