import {
  type AdapterOptions,
  type AdapterReceiver,
  type Delivery,
  type ReadBody,
  type ReadyReceiverOptions,
  type ReceiverFor,
  type Schemas,
  type TwentyEvent,
  toAnswer,
  toReceiver,
  webBody,
} from '@twenty-webhooks/core';
import { nodeBody } from '@twenty-webhooks/core/node';
import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What is in `c.var` after `twentyWebhooks()` has only verified. */
// Not an interface: Hono before 4.5 wants an index signature, which a type has of itself.
export type TwentyVariables = {
  /** A genuine delivery, set by `twentyWebhooks()` without handlers. */
  readonly twenty: { readonly event: TwentyEvent; readonly delivery: Delivery };
};

/** What `twentyWebhooks` makes: a handler, or middleware, that carries its receiver. */
export type TwentyHandler<TReceiver = AdapterReceiver> = MiddlewareHandler<{ Variables: TwentyVariables }> & {
  /** Close it after the server. */
  readonly receiver: TReceiver;
};

/**
 * Receive webhooks in Hono 4, on any runtime: as the handler of a route, or with `app.use` and `path`, which passes every
 * other path on. Without handlers it only verifies: it sets `c.var.twenty` and goes on; duplicates come through.
 *
 * @throws SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * app.post('/webhooks/twenty', twentyWebhooks({ on: { 'person.created': ({ data }) => console.log(data.attributes) } }));
 */
export function twentyWebhooks<TOn, TSchemas extends Schemas = Record<never, never>>(
  options?: AdapterOptions<TOn, TSchemas>,
): TwentyHandler<ReceiverFor<TSchemas>>;
export function twentyWebhooks<TReceiver extends AdapterReceiver>(
  options: ReadyReceiverOptions<TReceiver>,
): TwentyHandler<TReceiver>;
export function twentyWebhooks(options: AdapterOptions<unknown, Schemas> | ReadyReceiverOptions = {}): TwentyHandler {
  const receiver = toReceiver(options);
  const { path } = options;
  // Decided now: a receiver that gets its handlers later must get them before it is mounted.
  const { isVerifyOnly } = receiver;

  const handle: MiddlewareHandler<{ Variables: TwentyVariables }> = async (context, next) => {
    if (path !== undefined && context.req.path !== path) return next();
    const { method, url } = context.req;
    const headers = nodeRequest(context)?.headers ?? context.req.raw.headers;
    const outcome = await receiver.receive({ method, url, headers, body: toBody(context) });
    if (isVerifyOnly && outcome.status === 'ignored') {
      context.set('twenty', { event: outcome.event, delivery: outcome.delivery });
      return next();
    }
    const answer = toAnswer(outcome);
    return context.body(answer.body, answer.status as ContentfulStatusCode, answer.headers);
  };
  return Object.assign(handle, { receiver });
}

function toBody(context: Context): Uint8Array | ReadBody {
  // A middleware that asked for the bytes has left them here; whatever else it asked for is no longer the bytes.
  const { arrayBuffer } = context.req.bodyCache;
  if (arrayBuffer !== undefined) return async () => new Uint8Array(await arrayBuffer);
  const request = nodeRequest(context);
  return request === undefined ? webBody(context.req.raw, { fix }) : nodeBody(request, { fix });
}

type NodeRequest = Parameters<typeof nodeBody>[0];

/** What `@hono/node-server` puts beside its request: reading it spares making a web-standard one. */
function nodeRequest({ env }: Context): NodeRequest | undefined {
  const incoming: unknown = env?.incoming;
  return typeof (incoming as Partial<NodeRequest> | undefined)?.readableDidRead === 'boolean'
    ? (incoming as NodeRequest)
    : undefined;
}

const fix = 'Mount twentyWebhooks() before middleware that calls c.req.json(), text(), parseBody() or formData().';
