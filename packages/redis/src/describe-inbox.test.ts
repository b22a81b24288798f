import { describeWith } from '@twenty-webhooks/services';
import { describeInbox } from '@twenty-webhooks/testing';
import { afterAll, describe, it } from 'vitest';
import { findTestRedis } from '../test/find-test-redis.ts';
import { createRedisStorage, openInbox } from './testdata/redis-storage.ts';

describeWith(await findTestRedis(), 'redisInbox on a Redis server', (server) => {
  afterAll(() => server.close());

  describeInbox(
    'redisInbox',
    {
      lacks: server.breakDown === undefined ? ['order', 'outage'] : ['order'],
      createStorage: () => createRedisStorage(server, openInbox),
      childModule: new URL('./testdata/open-inbox.ts', import.meta.url).href,
    },
    { describe, it: (name, run) => it(name, run, 60_000) },
  );
});
