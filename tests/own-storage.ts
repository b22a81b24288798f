import { createDatabase, findPostgres, findProgram, startRedis } from '@twenty-webhooks/services';

/** An empty database that nobody else uses. */
export interface OwnStorage {
  readonly url: string;
  /** Delete it, and end connections that are still open. */
  drop(): Promise<void>;
}

export interface StorageEngine {
  create(): Promise<OwnStorage>;
  /** After all storages are dropped. */
  close(): Promise<void>;
}

/** Makes databases on the Postgres that `findPostgres` finds; `undefined` without one. */
export async function findPostgresEngine(): Promise<StorageEngine | undefined> {
  const found = await findPostgres();
  return found && { create: () => createDatabase(found.url), close: found.close };
}

/** Starts a Redis for each storage, since that of a machine has other users; `undefined` if Redis is not installed. */
export function findRedisEngine(): StorageEngine | undefined {
  if (findProgram('redis-server') === undefined) return undefined;
  return { create: createRedis, close: async () => {} };
}

async function createRedis(): Promise<OwnStorage> {
  const { url, close } = await startRedis({ settings: { appendonly: 'yes', 'maxmemory-policy': 'noeviction' } });
  return { url, drop: close };
}
