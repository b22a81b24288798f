import type { Inbox, InboxInspection } from '@twenty-webhooks/core';
import { postgresInbox } from '@twenty-webhooks/postgres';
import { redisInbox } from '@twenty-webhooks/redis';

/** Where the servers are. */
export interface EngineUrls {
  readonly postgres: string;
  readonly redis: string;
}

export type EngineName = keyof EngineUrls;

export const engineNames: readonly EngineName[] = ['postgres', 'redis'];

/** An inbox that is ready. */
export async function openInbox(
  engine: EngineName,
  urls: EngineUrls,
  options: { readonly queue: string; readonly concurrency?: number },
): Promise<Inbox & { readonly inspection: InboxInspection }> {
  const inbox =
    engine === 'postgres'
      ? postgresInbox({ connectionString: urls.postgres, ...options })
      : redisInbox({ connection: urls.redis, ...options });
  await inbox.ready();
  return inbox;
}
