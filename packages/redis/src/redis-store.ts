import { randomUUID } from 'node:crypto';
import {
  checkOptions,
  hasFunctions,
  type IdempotencyStore,
  invalidOption,
  isText,
  type Logger,
  type OptionCheck,
  within,
} from '@twenty-webhooks/core';
import type { Redis, RedisOptions } from 'ioredis';
import { aConnection } from './open-client.ts';
import { toRedisError } from './redis-errors.ts';
import { RedisLink } from './redis-link.ts';
import { createRedisLog } from './redis-log.ts';
import { type RedisScript, runScript } from './redis-script.ts';

/** Where a `redisStore` remembers what was handled. */
export interface RedisStoreOptions {
  /** As of `redisInbox`. */
  readonly connection: string | RedisOptions | Redis;
  /** What all keys begin with. @default 'twenty' */
  readonly prefix?: string | undefined;
  /** Gets at most one line per minute and kind while Redis cannot be reached. @default console */
  readonly logger?: Logger | undefined;
}

export interface RedisStore extends IdempotencyStore {
  /** Close the connection, after the receiver. */
  close(): Promise<void>;
}

/**
 * An idempotency store in Redis, for handlers that run inside the request: all processes that use it share what they
 * remember. Each step is one script. While Redis is away, every call rejects within two seconds.
 *
 * @throws OPTION_INVALID
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  checkOptions(options, checks, ' of redisStore');
  const { connection, prefix = 'twenty', logger = console } = options;
  if (connection === undefined) {
    throw invalidOption('The option "connection" of redisStore is missing. For example: \'redis://127.0.0.1:6379\'');
  }
  const check = async (): Promise<void> => {};
  const link = new RedisLink({ connection, check, log: createRedisLog(() => logger) });

  async function ask<T>(script: RedisScript, key: string, ...args: readonly (string | number)[]): Promise<T> {
    try {
      await link.usable(connectMs);
      const answer = await within(answerMs, runScript<T>(link.client, script, [`${prefix}:claim:${key}`, ...args]));
      if (answer !== undefined) return answer.value;
    } catch (cause) {
      throw toRedisError(cause);
    }
    throw toRedisError(new Error(`Command timed out after ${answerMs} ms`));
  }
  // Redis counts whole milliseconds, from 1.
  const toMs = (ms: number): number => Math.max(1, Math.ceil(ms));

  return {
    async claim(key, leaseMs) {
      const token = randomUUID();
      const state = await ask<'claimed' | 'busy' | 'done'>(claim, key, token, toMs(leaseMs));
      return state === 'claimed' ? { state, token } : { state };
    },
    extend: async (key, token, leaseMs) => (await ask(extend, key, token, toMs(leaseMs))) === 1,
    complete: async (key, token, ttlMs) => (await ask(complete, key, token, toMs(ttlMs))) === 1,
    release: async (key, token) => (await ask(release, key, token)) === 1,
    close: async () => link.close(),
  };
}

// The value of a key is the token of who claimed it, or `done`, which no token is.
const claim: RedisScript = {
  name: 'claim-key',
  keys: 1,
  lua: `
local held = redis.call('GET', KEYS[1])
if held then return held == 'done' and 'done' or 'busy' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'claimed'`,
};

const forHolder = (name: string, action: string): RedisScript => ({
  name,
  keys: 1,
  lua: `
if ARGV[1] == 'done' or redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
${action}
return 1`,
});

const extend = forHolder('extend-key', "redis.call('PEXPIRE', KEYS[1], ARGV[2])");
const complete = forHolder('complete-key', "redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])");
const release = forHolder('release-key', "redis.call('DEL', KEYS[1])");

const checks: { readonly [Name in keyof RedisStoreOptions]-?: OptionCheck } = {
  connection: aConnection,
  prefix: [isText, 'a text'],
  logger: [hasFunctions('warn', 'error'), 'an object with the functions warn and error'],
};

const connectMs = 600;
const answerMs = 1_200;
