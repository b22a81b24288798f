import { join } from 'node:path';
import type { Inbox } from '@twenty-webhooks/core';
import { postgresInbox } from '@twenty-webhooks/postgres';
import { redisInbox } from '@twenty-webhooks/redis';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { findPostgresEngine, findRedisEngine, type StorageEngine } from '../own-storage.ts';
import type { CodeBlock } from './code-blocks.ts';

/** Where a block keeps events, or remembers them. */
export type BlockEngine = 'postgres' | 'redis' | 'none or a file';

/** Tell by its code what a block needs. */
export function engineOf({ code }: CodeBlock): BlockEngine {
  if (/\bpostgres(Inbox|Store)\(/.test(code)) return 'postgres';
  return /\bredis(Inbox|Store)\(/.test(code) ? 'redis' : 'none or a file';
}

/** Whether a block takes its server from the variable that a test sets; else it would use what happens to run on this machine. */
export function isConfigurable(block: CodeBlock): boolean {
  const variable = variables[engineOf(block)];
  return variable === undefined || block.code.includes(`process.env.${variable} ??`);
}

/** An empty place for one run of a block. */
export interface BlockStorage {
  /** What tells the block where it is. */
  readonly env: Readonly<Record<string, string>>;
  /** The inbox of the block once more, for another process; `folder` is where the block runs. */
  openInbox(folder: string): Inbox;
  /** After the block has ended. */
  drop(): Promise<void>;
}

export interface BlockEngines {
  /** `undefined` for an engine that has no server here. */
  readonly createStorage: Readonly<Record<BlockEngine, (() => Promise<BlockStorage>) | undefined>>;
  close(): Promise<void>;
}

export async function findBlockEngines(): Promise<BlockEngines> {
  const postgres = await findPostgresEngine();
  const redis = findRedisEngine();
  return {
    createStorage: {
      postgres:
        postgres && (() => create(postgres, 'postgres', (connectionString) => postgresInbox({ connectionString }))),
      redis: redis && (() => create(redis, 'redis', (connection) => redisInbox({ connection }))),
      'none or a file': async () => ({
        env: {},
        openInbox: (folder) => sqliteInbox(join(folder, 'inbox.sqlite')),
        drop: async () => {},
      }),
    },
    close: async () => void (await Promise.all([postgres?.close(), redis?.close()])),
  };
}

const variables = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', 'none or a file': undefined } as const;

async function create(
  engine: StorageEngine,
  name: 'postgres' | 'redis',
  openInbox: (url: string) => Inbox,
): Promise<BlockStorage> {
  const { url, drop } = await engine.create();
  return { env: { [variables[name]]: url }, openInbox: () => openInbox(url), drop };
}
