import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findProgram } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { createServerProcess, type ServerProcess } from './server-process.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface StartRedisOptions {
  /** As in redis.conf: `{ appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction', requirepass: '…' }`. Without any it keeps nothing on disk. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Users beside `default`, as in redis.conf: `app on >password ~* &* +@all -config`. */
  readonly users?: readonly string[] | undefined;
}

/** A Redis that loses nothing of what it has answered, whenever it is killed. */
export const durableRedis = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };

/** A Redis of one's own, to be killed, frozen and restarted on its port and its data. */
export interface StartedRedis extends ServerProcess {
  /** As `default`, with the password if `requirepass` sets one. */
  readonly url: string;
  readonly port: number;
  /** Where its data is. */
  readonly folder: string;
  /** End it for good and delete its data. */
  close(): Promise<void>;
}

/**
 * Start a new Redis on 127.0.0.1 in a temporary folder.
 *
 * @throws Error if Redis is not installed, or does not start
 */
export async function startRedis({ settings = {}, users = [] }: StartRedisOptions = {}): Promise<StartedRedis> {
  const file = findProgram('redis-server');
  if (file === undefined) throw new Error('Redis is not installed. On Debian: apt-get install redis-server');
  const { path: folder, remove } = await makeTemporaryFolder(undefined);
  const port = await findFreePort();
  const password = settings.requirepass;
  const server = createServerProcess({
    name: 'Redis',
    file,
    args: [join(folder, 'redis.conf')],
    cwd: folder,
    stopSignal: 'SIGTERM',
    answers: (pid) => answers({ pid, port, password }),
  });
  const close = async (): Promise<void> => {
    await server.kill();
    await remove();
  };
  try {
    const all = { bind: '127.0.0.1', port, dir: folder, save: '""', ...settings };
    const lines = [
      ...Object.entries(all).map(([name, value]) => `${name} ${value}`),
      ...users.map((user) => `user ${user}`),
    ];
    await writeFile(join(folder, 'redis.conf'), `${lines.join('\n')}\n`);
    await server.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...server,
    get pid() {
      return server.pid;
    },
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    folder,
    close,
  };
}

interface Expected {
  readonly pid: number;
  readonly port: number;
  readonly password: string | undefined;
}

/** Whether this very process has its data and answers: another server may have taken the port. */
async function answers({ pid, port, password }: Expected): Promise<boolean> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    ...(password !== undefined && { password }),
    lazyConnect: true,
    connectTimeout: 1_000,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.info('server')).includes(`process_id:${pid}\r\n`);
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
