import { durableRedis, findProgram, findRedis, startRedis } from '@twenty-webhooks/services';
import type { TestServer } from '../src/testdata/redis-storage.ts';

export interface TestRedis extends TestServer {
  close(): Promise<void>;
}

/** A Redis of one's own that keeps what it has acknowledged; if there is no program for it, one that runs already. */
export async function findTestRedis(): Promise<TestRedis | undefined> {
  if (findProgram('redis-server') === undefined) return findRedis();
  const { url, kill, start, close } = await startRedis({ settings: durableRedis });
  const breakDown = async (): Promise<() => Promise<void>> => {
    await kill();
    return start;
  };
  return { url, breakDown, close };
}
