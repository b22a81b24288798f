import { type Logger, WebhookError } from '@twenty-webhooks/core';
import type { Redis } from 'ioredis';
import { toRedisError } from './redis-errors.ts';
import type { RedisKeys } from './redis-keys.ts';
import { type RedisScript, runScript } from './redis-script.ts';

/**
 * Look at a Redis before it is trusted. Warns of what would lose jobs. `INFO` is enough for all of it: `CONFIG` is forbidden
 * in many places.
 *
 * @throws INBOX_INVALID if it cannot be used, INBOX_UNAVAILABLE if it is gone meanwhile
 */
export async function checkRedis(client: Redis, keys: RedisKeys, logger: Logger): Promise<void> {
  let info: string;
  try {
    info = await client.info();
    await runScript(client, probe, [keys.index]);
  } catch (cause) {
    throw toRedisError(cause);
  }
  const facts = new Map([...info.matchAll(/^([a-z_]+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
  const version = facts.get('redis_version') ?? '';
  if (isOld(version)) {
    throw new WebhookError('INBOX_INVALID', `This is Redis ${version}; the inbox needs 6.2 or newer. Update it`);
  }
  if (facts.get('role') === 'slave') throw toRedisError(new Error('READONLY'));
  if (facts.get('aof_enabled') === '0') logger.warn(noAof);
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') logger.warn(evicts(policy));
}

/** What BullMQ needs in earnest: scripts that write. */
const probe: RedisScript = { name: 'probe', keys: 1, lua: `return redis.call('ZREM', KEYS[1], '')` };

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 6 || (major === 6 && minor < 2);
}

const noAof =
  '[twenty-webhooks] Redis runs without its append-only file: when it is killed or its machine fails, all jobs since the ' +
  'last snapshot are lost, though they were answered with 200. In redis.conf: appendonly yes (as it runs: CONFIG SET appendonly yes)';

const evicts = (policy: string): string =>
  `[twenty-webhooks] Redis has maxmemory-policy ${policy}: when its memory is full it throws jobs away, though they were ` +
  'answered with 200. In redis.conf: maxmemory-policy noeviction (as it runs: CONFIG SET maxmemory-policy noeviction)';
