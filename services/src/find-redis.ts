import { Redis } from 'ioredis';
import { findProgram } from './find-binary.ts';
import type { FindServiceOptions, FoundService } from './found-service.ts';
import { startRedis } from './start-redis.ts';

/**
 * Find a Redis: that of `REDIS_URL`, else that of this machine if it lets us in without a password, else a new one if
 * `redis-server` is installed; else `undefined`.
 *
 * @throws Error if `REDIS_URL` is set and cannot be used: a measurement must not take another one instead
 */
export async function findRedis({ port = 6379 }: FindServiceOptions = {}): Promise<FoundService | undefined> {
  const { REDIS_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    if (await answers(given)) return { url: given, origin: 'environment', close: async () => {} };
    throw new Error('REDIS_URL is set, but that Redis does not answer, or not to us. Start it, or unset the variable');
  }
  const url = `redis://127.0.0.1:${port}`;
  if (await answers(url)) return { url, origin: 'machine', close: async () => {} };
  if (findProgram('redis-server') === undefined) return undefined;
  const started = await startRedis({ settings: { 'maxmemory-policy': 'noeviction' } });
  return { url: started.url, origin: 'started', close: started.close };
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

/** For a server that is there on a busy machine; one that is not refuses at once. */
const patienceMs = 10_000;
