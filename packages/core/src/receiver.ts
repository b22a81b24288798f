import { type HmacKey, importKey } from '#crypto';
import { within } from './deadline.ts';
import type { Delivery } from './delivery.ts';
import { type Evidence, explain } from './diagnose.ts';
import { createDispatch } from './dispatch.ts';
import { type FailureCode, isWebhookError, type RejectionCode } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import { fetchWith } from './fetch.ts';
import { createInlineHandling } from './handle-inline.ts';
import type { Handler, HandlerOptions } from './handler.ts';
import { createInboxLifecycle } from './inbox-lifecycle.ts';
import { createOutcomeLog, type Logger } from './logger.ts';
import type { TwentyObjects } from './objects.ts';
import { type ReceiverOptions, type SecretResolver, type Settings, toSettings } from './options.ts';
import { type FailedOutcome, type Outcome, outcomeTable, type RejectedOutcome, reasonOf } from './outcome.ts';
import { knownId, readEvent } from './parse-event.ts';
import type { EventOf, PatternOf } from './patterns.ts';
import { type BodyErrorCode, bodyError, type ReadBody } from './read-body.ts';
import { type HeadersLike, type RequestHead, readHead } from './request-head.ts';
import type { Schemas, WithSchemas } from './standard-schema.ts';
import { storeEvent } from './store-event.ts';
import { validateEvent } from './validate-event.ts';
import { checkClaim, readClaim } from './verify.ts';

/** A request as an adapter sees it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path or full URL; only the `secret` function sees it. */
  readonly url: string;
  readonly headers: HeadersLike;
  /** The bytes as received, or how to read them: then size and time limits are the receiver's. */
  readonly body: Uint8Array | ReadBody;
}

/** Verifies, parses and routes deliveries. Make one per webhook secret, and close it when its server closes. */
export interface Receiver<TObjects = TwentyObjects> {
  /**
   * Add a handler.
   *
   * @throws PATTERN_INVALID, OPTION_INVALID, HANDLER_DUPLICATE
   * @example
   * receiver.on('opportunity.updated', { fields: ['stage'], name: 'won-deals' }, async ({ data }) => {});
   */
  on<const TPattern extends string>(
    pattern: PatternOf<TPattern, TObjects> & TPattern,
    handler: Handler<EventOf<TPattern, TObjects>>,
  ): Receiver<TObjects>;
  on<const TPattern extends string>(
    pattern: PatternOf<TPattern, TObjects> & TPattern,
    options: HandlerOptions,
    handler: Handler<EventOf<TPattern, TObjects>>,
  ): Receiver<TObjects>;
  /** Take one delivery through every step. Rejects for programming errors only; whatever is sent becomes an outcome. */
  receive(request: ReceivedRequest): Promise<Outcome>;
  /** `receive` for web-standard runtimes; needs no `this`. */
  fetch(request: Request): Promise<Response>;
  /** Whether there is neither a handler nor an inbox, so that `ignored` means: genuine, and for you to look at. */
  readonly isVerifyOnly: boolean;
  /** With an inbox: run its jobs, and keep the process alive for them. Without one there is nothing to start. */
  start(): void;
  /**
   * Let running handlers finish for `graceMs` (default 5 000), then abort them; an inbox gets their jobs back at once, and
   * is closed. Stop the server first.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Make a receiver.
 *
 * With an inbox its worker begins once the code that is running now has returned: add handlers before that, or take
 * `work: false` and call `start()` when they are there, since a job without a handler is dead.
 *
 * @throws SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * const receiver = createReceiver({ on: { 'person.created': ({ data }) => console.log(data.attributes) } });
 * export default { fetch: receiver.fetch };
 */
export function createReceiver<TOn, TSchemas extends Schemas = Record<never, never>>(
  options: ReceiverOptions<TOn, TSchemas> = {},
): Receiver<WithSchemas<TwentyObjects, NoInfer<TSchemas>>> {
  const settings = toSettings(options as ReceiverOptions);
  const { logger, observe, now, inbox, retry, schemas } = settings;
  const dispatch = createDispatch();
  for (const [pattern, handler] of Object.entries(options.on ?? {})) dispatch.add(pattern, {}, handler as Handler);
  const inline = createInlineHandling(settings);
  const log = createOutcomeLog(logger);

  // The only place that knows the order of the steps: nothing is parsed before it is known to be genuine. What can answer
  // at once is not awaited, so that on Node a delivery costs little more than its HMAC and its JSON.
  async function receive(request: ReceivedRequest): Promise<Outcome> {
    const receivedAtMs = now();
    const end = (outcome: Outcome): Outcome => {
      log(outcome, receivedAtMs);
      observe?.(outcome);
      return outcome;
    };

    const head = readHead(request.headers);
    const reject = (code: RejectionCode, found?: Found): Outcome =>
      end(toRejected(code, request, head, settings, found));
    if (request.method !== 'POST') return reject('METHOD_NOT_ALLOWED');
    if (isEncoded(head)) return reject('CONTENT_ENCODING_UNSUPPORTED');

    const body =
      typeof request.body === 'function' ? await readLimited(request.body, head, settings) : bytesOnly(request.body);
    if (!ArrayBuffer.isView(body)) return end(body);
    if (body.length > settings.maxBodyBytes) return reject('BODY_TOO_LARGE');
    if (body.length === 0) return reject('BODY_EMPTY');

    let scheme: Delivery['scheme'] = 'unsigned';
    let secretIndex: number | undefined;
    let signedAtMs: number | undefined;
    if (settings.keys !== undefined) {
      const claim = readClaim(head, settings.signatures);
      if (typeof claim === 'string') return reject(claim);
      ({ scheme, signedAtMs } = claim);
      const keys =
        typeof settings.keys === 'function' ? await findKeys(settings.keys, request, settings) : settings.keys;
      if (isRefusal(keys)) return end(keys);
      const checked = checkClaim(claim, body, keys, settings.toleranceSeconds, receivedAtMs);
      const verdict = checked instanceof Promise ? await checked : checked;
      if (typeof verdict === 'string') return reject(verdict, { body, signedAtMs });
      secretIndex = verdict;
    }
    const delivery: Delivery = { receivedAtMs, scheme, secretIndex, signedAtMs, nonce: head['x-twenty-webhook-nonce'] };

    const read = readEvent(body);
    const parsed = read instanceof Promise ? await read : read;
    if (typeof parsed === 'string') return reject(parsed);
    // With an inbox a record that does not fit is stored nevertheless: its job says so, and can be retried.
    const event = schemas === undefined || inbox !== undefined ? parsed : await validated(parsed, schemas, logger);
    if (isRefusal(event)) return end(event);

    const handlers = dispatch.match(event);
    if (handlers.length === 0) return end({ status: 'ignored', id: knownId(event), event, delivery });
    const handling =
      inbox === undefined
        ? inline.handle(handlers, event, delivery)
        : storeEvent(inbox, handlers, event, delivery, body, request);
    const result = handling instanceof Promise ? await handling : handling;
    if (result.status === 'failed') return end({ ...result, event, delivery });
    return end({ status: result.status, id: knownId(event), event, delivery });
  }

  const handlerOf = (name: string): Handler | undefined => dispatch.find(name)?.run;
  const durable = inbox && createInboxLifecycle(inbox, { handlerOf, retry, schemas, logger, observe });
  if (settings.work) durable?.work();

  const receiver: Receiver = {
    on(pattern: string, optionsOrHandler: HandlerOptions | Handler, handler?: Handler) {
      const isShort = typeof optionsOrHandler === 'function';
      dispatch.add(pattern, isShort ? {} : optionsOrHandler, (isShort ? optionsOrHandler : handler) as Handler);
      return receiver;
    },
    receive,
    fetch: (request) => fetchWith(receive, request),
    get isVerifyOnly() {
      return dispatch.isEmpty() && inbox === undefined;
    },
    start: () => durable?.start(),
    close: ({ graceMs = 5_000 } = {}) => (durable ?? inline).close(graceMs),
  };
  return receiver as unknown as Receiver<WithSchemas<TwentyObjects, TSchemas>>;
}

/** A parsed body here would be a sender's object where a refusal of ours is expected. */
function bytesOnly(body: Uint8Array): Uint8Array {
  if (!ArrayBuffer.isView(body) || body.BYTES_PER_ELEMENT !== 1) throw new TypeError('The body must be bytes');
  return body;
}

const isRefusal = (value: object): value is RejectedOutcome | FailedOutcome =>
  (value as Partial<FailedOutcome>).code !== undefined;

const isEncoded = ({ 'content-encoding': encoding }: RequestHead): boolean =>
  encoding !== undefined && !/^(identity)?$/i.test(encoding);

type Found = Pick<Evidence, 'body' | 'signedAtMs'>;

function toRejected(
  code: RejectionCode,
  { method }: ReceivedRequest,
  head: RequestHead,
  { hasSpacedSecret }: Settings,
  found?: Found,
): RejectedOutcome {
  return { status: 'rejected', code, reason: explain(code, { method, head, hasSpacedSecret, ...found }) };
}

const failed = (code: FailureCode, cause: unknown, reason = reasonOf(code)): FailedOutcome => ({
  status: 'failed',
  code,
  reason,
  cause,
});

async function readLimited(
  read: ReadBody,
  head: RequestHead,
  { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs }: Settings,
): Promise<Uint8Array | RejectedOutcome | FailedOutcome> {
  try {
    // What announces itself as too large is not even read.
    if (Number(head['content-length']) > maxBytes) throw bodyError('BODY_TOO_LARGE');
    return bytesOnly(await read({ maxBytes, timeoutMs }));
  } catch (error) {
    if (!isWebhookError(error) || !(error.code in outcomeTable)) throw error;
    const { message: reason, cause } = error;
    const code = error.code as BodyErrorCode;
    return code === 'BODY_ALREADY_PARSED' ? failed(code, cause, reason) : { status: 'rejected', code, reason, cause };
  }
}

async function findKeys(
  resolve: SecretResolver,
  { url, headers }: ReceivedRequest,
  { handlerTimeoutMs }: Settings,
): Promise<readonly HmacKey[] | FailedOutcome> {
  try {
    const found = await within(handlerTimeoutMs, Promise.resolve(resolve({ url, headers })));
    if (found === undefined) throw new Error('too slow');
    const secrets = [found.value ?? []].flat();
    if (secrets.some((secret) => typeof secret !== 'string')) throw new TypeError('no text');
    return secrets.filter((secret) => secret !== '').map(importKey);
  } catch (cause) {
    return failed('SECRET_UNAVAILABLE', cause);
  }
}

async function validated(
  event: TwentyEvent,
  schemas: Schemas,
  logger: Logger,
): Promise<TwentyEvent | RejectedOutcome | FailedOutcome> {
  try {
    const result = await validateEvent(event, schemas);
    if ('event' in result) return result.event;
    const reason = `${reasonOf('EVENT_INVALID')}. Event: ${JSON.stringify(event.event)}, fields: ${result.paths}`;
    return { status: 'rejected', code: 'EVENT_INVALID', reason, cause: result.issues };
  } catch (cause) {
    const reason = `The schema for ${JSON.stringify(event.event)} threw`;
    logger.error(`[twenty-webhooks] ${reason}`, cause);
    return failed('HANDLER_FAILED', cause, reason);
  }
}
