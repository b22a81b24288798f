import type { OptionCheck } from '@twenty-webhooks/core';
import { Redis, type RedisOptions } from 'ioredis';

/** Where Redis is. */
export type RedisConnectionOption = string | RedisOptions | Redis;

export const aConnection: OptionCheck = [
  isConnection,
  'a redis:// URL (in its query only family), options of ioredis without keyPrefix, or an ioredis client without it',
];

function isConnection(value: unknown): boolean {
  if (typeof value === 'string') return isUrl(value);
  if (typeof value !== 'object' || value === null || 'nodes' in value) return false;
  return !optionsOf(value).keyPrefix;
}

/** What stands in the query of a URL would win over what the inbox needs; some hosts need `family`. */
function isUrl(text: string): boolean {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return false;
  return [...new URL(text).searchParams.keys()].every((name) => name === 'family');
}

/**
 * For whoever waits for an answer: fails at once while there is no connection, and soon when Redis does not answer. What
 * was sent before a connection broke is not sent again.
 */
export function openAskingClient(connection: RedisConnectionOption): Redis {
  return open(connection, {
    enableOfflineQueue: false,
    // What is under way when a connection breaks is rejected at once; with 1 it would be forgotten.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: answerMs,
    // Whoever asks has a limit of its own. A connection over which nothing comes back is given up with all that was sent.
    socketTimeout: silentMs,
    retryStrategy: (times) => Math.min(times * 50, 500),
  });
}

/** A client of a worker of BullMQ, and the copies that BullMQ makes of it, which it does not always give back. */
export interface WorkingClient {
  readonly client: Redis;
  readonly copies: readonly Redis[];
}

/** For a worker: waits for Redis, however long that takes. */
export function openWorkingClient(connection: RedisConnectionOption): WorkingClient {
  const copies: Redis[] = [];
  const client = open(connection, {
    // BullMQ insists on it: a job that was fetched must not be dropped because a connection broke.
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    connectTimeout: answerMs,
    // BullMQ waits for a job for ten seconds at the most.
    socketTimeout: 3 * silentMs,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  hideEvictionPolicy(client);
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const copy = duplicate(override);
    hideEvictionPolicy(copy);
    // BullMQ takes its own listener away when it closes; an error without a listener ends the process.
    copy.on('error', () => {});
    copies.push(copy);
    return copy;
  };
  return { client, copies };
}

const answerMs = 1_200;
const silentMs = 5_000;

function open(connection: RedisConnectionOption, overrides: RedisOptions): Redis {
  const {
    commandTimeout: _command,
    blockingTimeout: _blocking,
    ...given
  } = typeof connection === 'string' ? {} : optionsOf(connection);
  const { reconnectOnError } = given;
  const options: LegacyOptions = {
    ...given,
    reconnectOnError: reconnectOnError ?? isReplica,
    ...overrides,
    ...expected,
  };
  return typeof connection === 'string' ? new Redis(connection, options) : new Redis(options);
}

/** After a failover the old primary may still be there, as a replica; a new connection leads to the new one. */
const isReplica = ({ message }: Error): boolean => message.startsWith('READONLY');

/** Answers have the form that BullMQ, and we, expect; a client is ready when it has loaded its data. */
const expected = { lazyConnect: false, enableReadyCheck: true, stringNumbers: false, replyMapping: 'legacy' } as const;

type LegacyOptions = RedisOptions & { replyMapping: 'legacy' };

/** The options of a client are all that its `duplicate` takes over. */
const optionsOf = (connection: object): RedisOptions =>
  'duplicate' in connection && 'options' in connection
    ? (connection.options as RedisOptions)
    : (connection as RedisOptions);

/** BullMQ writes of it to the console, for every connection; `checkRedis` has said it once, to the logger. */
function hideEvictionPolicy(client: Redis): void {
  const info = client.info.bind(client) as (...args: unknown[]) => Promise<string>;
  const quiet = (...args: unknown[]): Promise<string> =>
    args.length > 0 ? info(...args) : info().then((text) => text.replace(/^maxmemory_policy:.*$/m, ''));
  client.info = quiet as Redis['info'];
}
