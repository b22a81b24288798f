import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis that answers. */
export interface FoundRedis {
  /** A URL, or the path of a socket. */
  readonly address: string;
  readonly label: string;
  /** End it, if it was started here. */
  close(): Promise<void>;
}

/** The Redis of `REDIS_URL`, else that of this machine, if it answers. */
export async function findRedis(): Promise<FoundRedis | undefined> {
  const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
  if (!(await answers(url))) return undefined;
  return { address: url, label: 'the Redis that was there', close: async () => {} };
}

/** A Redis of our own in the folder that syncs before it answers; `undefined` if Redis is not installed. */
export async function startSyncedRedis(folder: string): Promise<FoundRedis | undefined> {
  const own = join(folder, 'redis');
  await mkdir(own);
  const socket = join(own, 'redis.sock');
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', own, '--save', ''];
  const child = spawn('redis-server', [...settings, '--appendonly', 'yes', '--appendfsync', 'always'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit').catch(() => {});
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const giveUpAtMs = performance.now() + 5_000;
  while (child.pid !== undefined && child.exitCode === null && performance.now() < giveUpAtMs) {
    if (await answers(socket)) return { address: socket, label: 'a Redis that syncs', close };
    await sleep(50);
  }
  if (child.pid !== undefined) await close();
  return undefined;
}

async function answers(address: string): Promise<boolean> {
  const redis = new Redis(address, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 500 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
