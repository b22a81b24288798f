import { loadPackage } from './load-package.ts';
import type { InboxOptions, OpenInbox } from './open-inbox.ts';

interface RedisPackage {
  redisInbox(options: object): OpenInbox;
}

/** Open an inbox on Redis; nothing is made there. @throws PACKAGE_MISSING, OPTION_INVALID */
export async function openRedis(connection: string, { queue, prefix }: InboxOptions): Promise<OpenInbox> {
  const { redisInbox } = await loadPackage<RedisPackage>('@twenty-webhooks/redis');
  // What is wrong is thrown as well; warnings about the set-up are for the app.
  return redisInbox({ connection, queue, prefix, logger: silent });
}

const silent = { warn() {}, error() {} };
