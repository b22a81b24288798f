import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { PgBoss } from 'pg-boss';
import type { EngineName, EngineUrls } from './open-inbox.ts';

export interface StoreByHand {
  /** Store a body and say whether it was new. */
  add(body: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

/** What a developer writes who knows the engine: its own atomic call for each request, with an id made of the body. */
export async function storeByHand(engine: EngineName, urls: EngineUrls, name: string): Promise<StoreByHand> {
  const idOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
  if (engine === 'postgres') {
    const boss = new PgBoss({ connectionString: urls.postgres, supervise: false, schedule: false });
    boss.on('error', (error) => console.error(error));
    await boss.start();
    await boss.createQueue(name);
    return {
      async add(body) {
        const id = idOf(body).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');
        const inserted = await boss.insert(name, [{ id, data: { body: body.toString() } }], { returnId: true });
        return inserted !== null;
      },
      close: () => boss.stop({ graceful: false }),
    };
  }
  const connection = new Redis(urls.redis, { maxRetriesPerRequest: 1 });
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  return {
    async add(body) {
      await queue.add('person.created', { body: body.toString() }, { jobId: idOf(body) });
      // BullMQ does not say whether it had it.
      return true;
    },
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
