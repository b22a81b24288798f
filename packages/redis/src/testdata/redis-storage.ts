import { randomUUID } from 'node:crypto';
import type { Inbox } from '@twenty-webhooks/core';
import { Redis } from 'ioredis';
import { redisInbox } from '../index.ts';

export interface OpenedSettings {
  readonly concurrency: number;
  readonly leaseMs: number;
}

export interface TestServer {
  readonly url: string;
  /** Kill it; gives how to start it again. */
  readonly breakDown?: () => Promise<() => Promise<void>>;
}

/** A prefix of keys, for one case of `describeInbox`. Its location is a URL with the prefix behind the `#`. */
export function createRedisStorage(
  { url, breakDown }: TestServer,
  openInbox: (location: string, settings: OpenedSettings) => Inbox,
) {
  const prefix = `test-${randomUUID()}`;
  const location = `${url}#${prefix}`;
  return {
    location,
    open: (settings: OpenedSettings) => openInbox(location, settings),
    ...(breakDown !== undefined && { breakDown }),
    async close() {
      const client = new Redis(url);
      for await (const keys of client.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
        if (keys.length > 0) await client.unlink(...keys);
      }
      client.disconnect();
    },
  };
}

export function openInbox(location: string, settings: OpenedSettings): Inbox {
  const [connection = '', prefix = ''] = location.split('#');
  return redisInbox({ connection, prefix, logger: { warn() {}, error() {} }, ...settings });
}
