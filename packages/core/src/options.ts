import type { HmacKey } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';
import type { Handler } from './handler.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { Logger } from './logger.ts';
import { memoryStore } from './memory/memory-store.ts';
import type { TwentyObjects } from './objects.ts';
import type { Observation } from './observation.ts';
import { checkNumber, checkSignatures, invalidOption } from './option-checks.ts';
import type { EventOf, PatternOf } from './patterns.ts';
import type { HeadersLike } from './request-head.ts';
import type { Schemas, WithSchemas } from './standard-schema.ts';
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
  /** Remembers which handlers finished which events. @default memoryStore() */
  readonly idempotency?: IdempotencyStore | 'off' | undefined;
  /** From receipt, for all handlers together; Twenty hangs up at 5 000. @default 4 500 */
  readonly handlerTimeoutMs?: number | undefined;
  /** Gets handler errors, each, and of other refusals at most one line per code and minute. @default console */
  readonly logger?: Logger | undefined;
  /** A Standard Schema per object: types and checks `attributes`. A record that does not fit is `EVENT_INVALID`, 422. */
  readonly schemas?: TSchemas | undefined;
  /** Sees every outcome and every late settlement. What it throws is logged and changes nothing. */
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
  readonly store: IdempotencyStore | 'off';
  readonly handlerTimeoutMs: number;
  readonly logger: Logger;
  readonly schemas: Schemas | undefined;
  readonly observe: ((observation: Observation) => void) | undefined;
  readonly now: () => number;
}

/** Check the options. @throws OPTION_INVALID, SECRET_MISSING */
export function toSettings(options: ReceiverOptions): Settings {
  for (const name in options) if (!optionNames.has(name)) throw invalidOption(name, 'it is no option of a receiver');
  const { signatures = bothSchemes, unsigned = 'reject', idempotency = memoryStore(), now = Date.now } = options;
  checkHandlers(options.on);
  const logger = toQuietLogger(toLogger(options.logger ?? console));
  const secret = toSecret(options.secret, unsigned);
  return {
    keys: secret === undefined || typeof secret === 'function' ? secret : importKeys(secret),
    hasSpacedSecret: typeof secret !== 'function' && [secret ?? []].flat().some((one) => one !== one.trim()),
    signatures: checkSignatures(signatures),
    toleranceSeconds: checkNumber('toleranceSeconds', options.toleranceSeconds ?? defaultToleranceSeconds, 0),
    maxBodyBytes: checkNumber('maxBodyBytes', options.maxBodyBytes ?? 5 * 1024 * 1024, 1),
    bodyTimeoutMs: checkNumber('bodyTimeoutMs', options.bodyTimeoutMs ?? 10_000, 1),
    handlerTimeoutMs: checkNumber('handlerTimeoutMs', options.handlerTimeoutMs ?? 4_500, 1),
    store: toStore(idempotency),
    logger,
    schemas: options.schemas && toSchemas(options.schemas),
    observe: options.observe && toQuietObserver(toFunction('observe', options.observe), logger),
    now: toFunction('now', now),
  };
}

const optionNames: ReadonlySet<string> = new Set([
  'secret',
  'signatures',
  'unsigned',
  'toleranceSeconds',
  'maxBodyBytes',
  'bodyTimeoutMs',
  'on',
  'idempotency',
  'handlerTimeoutMs',
  'logger',
  'schemas',
  'observe',
  'now',
]);

function toSecret(secret: ReceiverOptions['secret'], unsigned: string): ReceiverOptions['secret'] {
  if (unsigned !== 'reject' && unsigned !== 'accept') throw invalidOption('unsigned', "it is 'reject' or 'accept'");
  // Written out in full: some bundlers put the value in its place.
  const given = secret ?? (typeof process === 'undefined' ? undefined : process.env.TWENTY_WEBHOOK_SECRET);
  if (given !== undefined && typeof given !== 'string' && typeof given !== 'function' && !Array.isArray(given)) {
    throw invalidOption('secret', 'it takes a text, a list of texts or a function');
  }
  if (unsigned === 'reject') return given ?? '';
  if (given === undefined) return undefined;
  throw invalidOption(
    'unsigned',
    "'accept' together with a secret would let in whoever leaves the signature out. Drop one of the two (TWENTY_WEBHOOK_SECRET counts)",
  );
}

function toStore(store: IdempotencyStore | 'off'): IdempotencyStore | 'off' {
  const isStore =
    store === 'off' ||
    (['claim', 'extend', 'complete', 'release'] as const).every((name) => typeof store?.[name] === 'function');
  if (isStore) return store;
  throw invalidOption('idempotency', "it takes a store (memoryStore(), …) or 'off'");
}

/** What has no entries of its own (a function, a `Map`) would pass for a receiver without handlers. */
function checkHandlers(on: unknown): void {
  if (on == null || (typeof on === 'object' && !(Symbol.iterator in on))) return;
  throw invalidOption('on', "it takes an object of handlers by pattern: { 'person.created': handler }");
}

function toLogger(logger: Logger): Logger {
  if (typeof logger.warn === 'function' && typeof logger.error === 'function') return logger;
  throw invalidOption('logger', 'it takes an object with the functions warn and error');
}

function toSchemas(schemas: Schemas): Schemas {
  if (typeof schemas !== 'object') throw invalidOption('schemas', 'it takes an object of schemas by object name');
  for (const name in schemas) {
    if (typeof schemas[name]?.['~standard']?.validate !== 'function')
      throw invalidOption('schemas', `${name} is no Standard Schema`);
  }
  return schemas;
}

function toFunction<TFunction>(name: string, value: TFunction): TFunction {
  if (typeof value === 'function') return value;
  throw invalidOption(name, 'it takes a function');
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
