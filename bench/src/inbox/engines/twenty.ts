import { join } from 'node:path';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import type { Engine } from '../engine.ts';

export function openTwenty(folder: string): Engine {
  const inbox = sqliteInbox(join(folder, 'twenty.sqlite'));
  return {
    name: 'sqliteInbox',
    durability: 'synced: outlives a power cut',
    knowsDuplicates: true,
    add: async (entry) => void (await inbox.put(entry, { timeoutMs: 2_000 })),
    async count() {
      const { waiting, running, done, dead } = await inbox.inspection.counts();
      return waiting + running + done + dead;
    },
    close: () => inbox.close(),
  };
}
