import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type Engine, keyOf, textOf } from '../engine.ts';
import type { OpenRedis } from '../open-engines.ts';

/** BullMQ; its job ids are its deduplication. */
export async function openBullmq({ url, label, close }: OpenRedis): Promise<Engine> {
  const connection = new Redis(url, { maxRetriesPerRequest: 1 });
  const queue = new Queue('bench', { connection, prefix: `twenty-bench-${randomUUID()}` });
  for (const emitter of [connection, queue]) emitter.on('error', () => {});
  await queue.waitUntilReady();
  return {
    name: `bullmq, ${label}`,
    durability: await durabilityOf(connection),
    knowsDuplicates: true,
    add: async (entry) => void (await queue.add('person.created', { body: textOf(entry) }, { jobId: keyOf(entry) })),
    count: () => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'completed', 'failed', 'prioritized'),
    async close() {
      await queue.obliterate({ force: true });
      await queue.close();
      connection.disconnect();
      await close();
    },
  };
}

async function durabilityOf(connection: Redis): Promise<string> {
  // Where settings cannot be read, at least whether there is a log can.
  const isLogged = /aof_enabled:1/.test(await connection.info('persistence'));
  if (!isLogged) return 'appendonly no: lost with the Redis process';
  const [, appendfsync = 'not known'] = (await connection.config('GET', 'appendfsync').catch(() => [])) as string[];
  if (appendfsync === 'always') return 'appendfsync always: outlives a power cut';
  return `appendfsync ${appendfsync}: outlives the Redis process`;
}
