import {
  checkOptions,
  hasFunctions,
  invalidOption,
  isText,
  type Logger,
  numberFrom,
  type OptionCheck,
  wholeNumberFrom,
} from '@twenty-webhooks/core';
import type { Redis, RedisOptions } from 'ioredis';
import { aConnection, type RedisConnectionOption } from './open-client.ts';

/** Where a `redisInbox` keeps its jobs, and how it runs them. */
export interface RedisInboxOptions {
  /** A `redis://` or `rediss://` URL, options of ioredis, or an ioredis client, whose options are copied: the inbox opens and closes connections of its own. */
  readonly connection: string | RedisOptions | Redis;
  /** Name of the queue in BullMQ. @default 'twenty-webhooks' */
  readonly queue?: string | undefined;
  /** What all keys begin with, as `prefix` of BullMQ. @default 'bull' */
  readonly prefix?: string | undefined;
  /** How many handlers run at the same time in this process. @default 10 */
  readonly concurrency?: number | undefined;
  /**
   * If a process dies, its jobs are run again after this and a quarter of it. Renewed while handlers run, by the event loop:
   * no handler may block it for so long. @default 10 000
   */
  readonly leaseMs?: number | undefined;
  /** A handler that takes longer has failed: its signal aborts, the job is tried again. @default 900 000 */
  readonly runTimeoutMs?: number | undefined;
  /** How long jobs that are done are kept, and a redelivery is known as a duplicate. It costs memory. @default 30 */
  readonly retentionDays?: number | undefined;
  /** For warnings about the set-up of Redis, and what goes wrong in the background. @default that of the receiver once it works, until then `console` */
  readonly logger?: Logger | undefined;
}

/** The options with their defaults. */
export interface InboxSettings {
  readonly connection: RedisConnectionOption;
  readonly queue: string;
  readonly prefix: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly runTimeoutMs: number;
  readonly retentionMs: number;
  readonly logger: Logger | undefined;
}

/** @throws OPTION_INVALID */
export function toInboxSettings(options: RedisInboxOptions): InboxSettings {
  checkOptions(options, checks, ' of redisInbox');
  const { connection, queue = 'twenty-webhooks', prefix = 'bull', concurrency = 10, leaseMs = 10_000 } = options;
  const { runTimeoutMs = 900_000, retentionDays = 30, logger } = options;
  if (connection === undefined) {
    throw invalidOption('The option "connection" of redisInbox is missing. For example: \'redis://127.0.0.1:6379\'');
  }
  const retentionMs = retentionDays * 24 * 60 * 60 * 1_000;
  return { connection, queue, prefix, concurrency, leaseMs, runTimeoutMs, retentionMs, logger };
}

const checks: { readonly [Name in keyof RedisInboxOptions]-?: OptionCheck } = {
  connection: aConnection,
  queue: [(value) => isText(value) && !String(value).includes(':'), 'a text without a colon'],
  prefix: [isText, 'a text'],
  concurrency: wholeNumberFrom(1),
  leaseMs: wholeNumberFrom(500),
  runTimeoutMs: numberFrom(1),
  retentionDays: numberFrom(0),
  logger: [hasFunctions('warn', 'error'), 'an object with the functions warn and error'],
};
