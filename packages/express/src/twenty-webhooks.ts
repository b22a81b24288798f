import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AdapterOptions,
  type AdapterReceiver,
  type Delivery,
  defaultPath,
  type ReadyReceiverOptions,
  type ReceiverFor,
  type Schemas,
  type TwentyEvent,
  toAnswer,
  toReceiver,
} from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';

declare global {
  // The name by which Express itself invites its users to add members.
  namespace Express {
    interface Request {
      /** A genuine delivery, set by `twentyWebhooks()` without handlers. */
      twenty?: { readonly event: TwentyEvent; readonly delivery: Delivery };
    }
  }
}

/** What the middleware uses of a request of Express 4 or 5. */
export type TwentyRequest = IncomingMessage & {
  readonly path: string;
  readonly baseUrl: string;
  readonly originalUrl: string;
  readonly route?: { readonly stack: readonly { readonly handle: unknown }[] };
  twenty?: { readonly event: TwentyEvent; readonly delivery: Delivery };
};

/** What `twentyWebhooks` makes: a middleware that carries its receiver. */
export interface TwentyMiddleware<TReceiver = AdapterReceiver> {
  (request: TwentyRequest, response: ServerResponse, next: (error?: unknown) => void): void;
  /** Close it after the server. */
  readonly receiver: TReceiver;
}

/**
 * Receive webhooks in Express 4 or 5. With `app.use` it answers `POST /webhooks/twenty` (option `path`, relative to the
 * mount, a slash at the end ignored) and passes every other path on; without `path` the mount point, or the route whose
 * handler it is, answers as well. Mount it before body parsers.
 *
 * Without handlers it only verifies: it sets `request.twenty` and goes on to your own handler; duplicates come through.
 *
 * @throws SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * app.use(twentyWebhooks({ on: { 'person.created': ({ data }) => console.log(data.attributes) } }));
 */
export function twentyWebhooks<TOn, TSchemas extends Schemas = Record<never, never>>(
  options?: AdapterOptions<TOn, TSchemas>,
): TwentyMiddleware<ReceiverFor<TSchemas>>;
export function twentyWebhooks<TReceiver extends AdapterReceiver>(
  options: ReadyReceiverOptions<TReceiver>,
): TwentyMiddleware<TReceiver>;
export function twentyWebhooks(
  options: AdapterOptions<unknown, Schemas> | ReadyReceiverOptions = {},
): TwentyMiddleware {
  const receiver = toReceiver(options);
  const path = options.path === undefined ? undefined : withoutSlash(options.path);
  // Decided now: a receiver that gets its handlers later must get them before it is mounted.
  const { isVerifyOnly } = receiver;

  const isHere = (request: TwentyRequest): boolean => {
    const at = withoutSlash(request.path);
    if (path !== undefined) return at === path;
    if (at === defaultPath || (at === '' && request.baseUrl !== '')) return true;
    // `route` stays set after its route went on, so being set does not say that this is its handler.
    return request.route?.stack.some(({ handle }) => handle === middleware) ?? false;
  };

  const handle = (request: TwentyRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
    if (!isHere(request)) {
      next();
      return;
    }
    const { method = '', originalUrl: url, headers } = request;
    receiver
      .receive({ method, url, headers, body: nodeBody(request, { fix }) })
      .then((outcome) => {
        if (isVerifyOnly && outcome.status === 'ignored') {
          request.twenty = { event: outcome.event, delivery: outcome.delivery };
          next();
        } else {
          writeAnswer(response, toAnswer(outcome));
        }
      })
      .catch(next);
  };
  const middleware: TwentyMiddleware = Object.assign(handle, { receiver });
  return middleware;
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

const fix =
  'Move app.use(twentyWebhooks(…)) above express.json() and every other body parser, or keep the bytes: express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes; } }).';
