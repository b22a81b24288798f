import type { Inbox, InboxInspection } from '@twenty-webhooks/core';
import { postgresInbox } from '@twenty-webhooks/postgres';
import { redisInbox } from '@twenty-webhooks/redis';
import { sqliteInbox } from '@twenty-webhooks/sqlite';

/** Where the jobs of a cluster are. */
export type ClusterStorage =
  | { readonly engine: 'postgres'; readonly url: string }
  | { readonly engine: 'redis'; readonly port: number }
  | { readonly engine: 'sqlite'; readonly path: string };

/** An inbox with the options that it has by default, but for the lease of SQLite, which is longer than this test should take. */
export function openInbox(storage: ClusterStorage): Inbox & { readonly inspection: InboxInspection } {
  switch (storage.engine) {
    case 'postgres':
      return postgresInbox({ connectionString: storage.url, queue: 'cluster' });
    case 'redis':
      return redisInbox({ connection: { host: '127.0.0.1', port: storage.port }, queue: 'cluster' });
    case 'sqlite':
      return sqliteInbox(storage.path, { leaseMs: 5_000 });
  }
}
