import type { Inbox, InboxInspection } from '@twenty-webhooks/core';

/** Where the jobs of a cluster are. */
export type ClusterStorage =
  | { readonly engine: 'postgres'; readonly url: string }
  | { readonly engine: 'redis'; readonly port: number }
  | { readonly engine: 'sqlite'; readonly path: string };

/** Open an inbox with the options that it has by default, but for the lease of SQLite, which is longer than this test should take. */
export async function openInbox(storage: ClusterStorage): Promise<Inbox & { readonly inspection: InboxInspection }> {
  // Each process loads its own engine only.
  switch (storage.engine) {
    case 'postgres': {
      const { postgresInbox } = await import('@twenty-webhooks/postgres');
      return postgresInbox({ connectionString: storage.url, queue: 'cluster' });
    }
    case 'redis': {
      const { redisInbox } = await import('@twenty-webhooks/redis');
      return redisInbox({ connection: { host: '127.0.0.1', port: storage.port }, queue: 'cluster' });
    }
    case 'sqlite': {
      const { sqliteInbox } = await import('@twenty-webhooks/sqlite');
      return sqliteInbox(storage.path, { leaseMs: 5_000 });
    }
  }
}
