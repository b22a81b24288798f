import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AdapterOptions,
  type AdapterReceiver,
  type ReadyReceiverOptions,
  type Schemas,
  toAnswer,
} from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import { lazyReceiver } from './lazy-receiver.ts';

export interface TwentyApiHandler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Made at the first request. */
  readonly receiver: AdapterReceiver | undefined;
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
  options: AdapterOptions<TOn, TSchemas> | ReadyReceiverOptions,
): TwentyApiHandler {
  const lazy = lazyReceiver(options as AdapterOptions<unknown, Schemas> | ReadyReceiverOptions);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const receiver = lazy.get(new URL(url, 'http://localhost').pathname);
    const outcome = await receiver.receive({ method, url, headers, body: nodeBody(request, { fix }) });
    writeAnswer(response, toAnswer(outcome));
  };
  return Object.defineProperty(handle, 'receiver', { get: () => lazy.made }) as TwentyApiHandler;
}

const fix = 'Add to this file: export const config = { api: { bodyParser: false } };';
