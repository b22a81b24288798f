import type { HmacKey } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';
import type { Handler } from './handler.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { Inbox } from './inbox.ts';
import type { Logger } from './logger.ts';
import type { TwentyObjects } from './objects.ts';
import type { Observation } from './observation.ts';
import {
  aFunction,
  aSchemeList,
  checkOptions,
  hasFunctions,
  invalidOption,
  isObject,
  numberFrom,
  type OptionCheck,
} from './option-checks.ts';
import type { EventOf, PatternOf } from './patterns.ts';
import type { HeadersLike } from './request-head.ts';
import { type RetryOptions, type RetryPolicy, toRetryPolicy } from './retry.ts';
import type { Schemas, StandardSchema, WithSchemas } from './standard-schema.ts';
import { bothSchemes, defaultToleranceSeconds, importKeys } from './verify.ts';

/** Options of `createReceiver` and of every adapter. `TOn` and `TSchemas` are inferred. */
export interface ReceiverOptions<TOn = unknown, TSchemas extends Schemas = Record<never, never>> {
  /**
   * The webhook's secret, several during a rotation, or a function that finds it per request (many tenants).
   * @default process.env.TWENTY_WEBHOOK_SECRET
   */
  readonly secret?: string | readonly string[] | SecretResolver | undefined;
  /** Which signature schemes count. @default ['timestamped', 'plain'] */
  readonly signatures?: readonly ('timestamped' | 'plain')[] | undefined;
  /** `accept` lets everybody in; legal only without a secret. @default 'reject' */
  readonly unsigned?: 'reject' | 'accept' | undefined;
  /** How far the sender's clock may be off, both ways; `timestamped` only. @default 300 */
  readonly toleranceSeconds?: number | undefined;
  /** Enforced while reading, before anything else. @default 5 MiB */
  readonly maxBodyBytes?: number | undefined;
  /** For the whole body to arrive. @default 10 000 */
  readonly bodyTimeoutMs?: number | undefined;
  /** Handlers by pattern. More can be added with `receiver.on`. */
  readonly on?: HandlerMap<TOn, WithSchemas<TwentyObjects, NoInfer<TSchemas>>> | undefined;
  /** Stores events before the answer and runs handlers afterwards. Without one they run inside the request. */
  readonly inbox?: Inbox | undefined;
  /** With an inbox: whether handlers run in this process from now on; with `false` from `start()` on. @default true */
  readonly work?: boolean | undefined;
  /** With an inbox: `attempts` (10), `minDelayMs` (1 000) and `maxDelayMs` (3 600 000) of failed jobs; the delay doubles. */
  readonly retry?: RetryOptions | undefined;
  /** Without an inbox: remembers which handlers finished which events. @default memoryStore() */
  readonly idempotency?: IdempotencyStore | 'off' | undefined;
  /** Without an inbox: from receipt, for all handlers together; Twenty hangs up at 5 000. @default 4 500 */
  readonly handlerTimeoutMs?: number | undefined;
  /** Gets handler errors, each, and of other refusals at most one line per code and minute. @default console */
  readonly logger?: Logger | undefined;
  /**
   * A Standard Schema per object: types and checks `attributes`. A record that does not fit is `EVENT_INVALID`: a 422, or
   * with an inbox a dead job.
   */
  readonly schemas?: TSchemas | undefined;
  /** Sees every outcome, every late settlement and the end of every job. What it throws is logged and changes nothing. */
  readonly observe?: ((observation: Observation) => unknown) | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Find the secrets of a request's sender. No secret (`''`, `[]`) means that nothing can be genuine. */
export type SecretResolver = (request: {
  readonly url: string;
  readonly headers: HeadersLike;
}) => MaybePromise<string | readonly string[]>;

/** Handlers by pattern, each typed by its own pattern. */
export type HandlerMap<TOn, TObjects> = {
  readonly [TPattern in keyof TOn]: TPattern extends PatternOf<TPattern & string, TObjects>
    ? Handler<EventOf<TPattern & string, TObjects>>
    : never;
};

/** Options with their defaults, checked. */
export interface Settings {
  /** Secrets as keys, how to find them, or `undefined` where unsigned deliveries are accepted. */
  readonly keys: readonly HmacKey[] | SecretResolver | undefined;
  /** Whether a secret starts or ends with white space, which is seldom meant. */
  readonly hasSpacedSecret: boolean;
  readonly signatures: readonly ('timestamped' | 'plain')[];
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly inbox: Inbox | undefined;
  readonly work: boolean;
  readonly retry: RetryPolicy;
  readonly store: IdempotencyStore | 'off' | undefined;
  readonly handlerTimeoutMs: number;
  readonly logger: Logger;
  readonly schemas: Schemas | undefined;
  readonly observe: ((observation: Observation) => void) | undefined;
  readonly now: () => number;
}

/** Check the options. @throws OPTION_INVALID, SECRET_MISSING */
export function toSettings(options: ReceiverOptions): Settings {
  checkOptions(options, checks);
  checkInbox(options);
  const logger = toQuietLogger(options.logger ?? console);
  const secret = toSecret(options);
  return {
    keys: secret === undefined || typeof secret === 'function' ? secret : importKeys(secret),
    hasSpacedSecret: typeof secret !== 'function' && [secret ?? []].flat().some((one) => one !== one.trim()),
    signatures: options.signatures ?? bothSchemes,
    toleranceSeconds: options.toleranceSeconds ?? defaultToleranceSeconds,
    maxBodyBytes: options.maxBodyBytes ?? 5 * 1024 * 1024,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    inbox: options.inbox,
    work: options.work ?? true,
    retry: toRetryPolicy(options.retry),
    handlerTimeoutMs: options.handlerTimeoutMs ?? 4_500,
    store: options.idempotency,
    logger,
    schemas: options.schemas,
    observe: options.observe && toQuietObserver(options.observe, logger),
    now: options.now ?? Date.now,
  };
}

const isSchema = (value: unknown): boolean =>
  typeof (value as Partial<StandardSchema> | undefined)?.['~standard']?.validate === 'function';

const checks: { readonly [Name in keyof ReceiverOptions]-?: OptionCheck } = {
  secret: [
    (value) => typeof value === 'string' || typeof value === 'function' || Array.isArray(value),
    'a text, a list of texts or a function',
  ],
  signatures: aSchemeList,
  unsigned: [(value) => value === 'reject' || value === 'accept', "'reject' or 'accept'"],
  toleranceSeconds: numberFrom(0),
  maxBodyBytes: numberFrom(1),
  bodyTimeoutMs: numberFrom(1),
  handlerTimeoutMs: numberFrom(1),
  // What has no members of its own (a function, a `Map`) would pass for a receiver without handlers.
  on: [(value) => isObject(value) && !(Symbol.iterator in (value as object)), 'an object of handlers by pattern'],
  inbox: [hasFunctions('put', 'work', 'close'), 'an inbox'],
  work: [(value) => typeof value === 'boolean', 'true or false'],
  retry: [isObject, 'an object'],
  idempotency: [
    (value) => value === 'off' || hasFunctions('claim', 'extend', 'complete', 'release')(value),
    "a store or 'off'",
  ],
  logger: [hasFunctions('warn', 'error'), 'an object with warn and error'],
  schemas: [
    (value) => isObject(value) && Object.values(value as object).every(isSchema),
    'an object of Standard Schemas by object name',
  ],
  observe: aFunction,
  now: aFunction,
};

/** An option that would do nothing is a mistake. */
function checkInbox(options: ReceiverOptions): void {
  const idle: readonly (keyof ReceiverOptions)[] =
    options.inbox === undefined ? ['work', 'retry'] : ['idempotency', 'handlerTimeoutMs'];
  for (const name of idle) {
    if (options[name] === undefined) continue;
    throw invalidOption(
      `The option "${name}" does nothing ${options.inbox === undefined ? 'without' : 'with'} an inbox`,
    );
  }
}

function toSecret({ secret, unsigned }: ReceiverOptions): ReceiverOptions['secret'] {
  // Written out in full: some bundlers put the value in its place.
  const given = secret ?? (typeof process === 'undefined' ? undefined : process.env.TWENTY_WEBHOOK_SECRET || undefined);
  if (unsigned !== 'accept') return given ?? '';
  if (given === undefined) return undefined;
  throw invalidOption(
    "A secret (TWENTY_WEBHOOK_SECRET counts) beside unsigned: 'accept' protects from nobody: drop one",
  );
}

/** A logger that fails must not change what happens to a delivery. */
function toQuietLogger(logger: Logger): Logger {
  const quiet =
    (level: 'warn' | 'error') =>
    (message: string, ...details: unknown[]) => {
      try {
        logger[level](message, ...details);
      } catch {}
    };
  return { warn: quiet('warn'), error: quiet('error') };
}

function toQuietObserver(
  observe: (observation: Observation) => unknown,
  logger: Logger,
): NonNullable<Settings['observe']> {
  const complain = (cause: unknown): void => logger.error('[twenty-webhooks] observe failed', cause);
  return (observation) => {
    try {
      const result = observe(observation);
      if (result instanceof Promise) result.catch(complain);
    } catch (cause) {
      complain(cause);
    }
  };
}
