import { join } from 'node:path';
import Database from 'better-sqlite3';
import { better, defineQueue, type Logger } from 'plainjob';
import { type Engine, textOf } from '../engine.ts';

/** plainjob as it comes, and with what it would take to outlive a power cut. It has no deduplication. */
export function openPlainjob(folder: string, synchronous: 'as it comes' | 'FULL'): Engine {
  const database = new Database(join(folder, `plainjob ${synchronous}.sqlite`));
  const queue = defineQueue({ connection: better(database), logger: silent });
  if (synchronous === 'FULL') database.pragma('synchronous = FULL');
  return {
    name: synchronous === 'FULL' ? 'plainjob, synchronous = FULL by hand' : 'plainjob',
    durability: synchronous === 'FULL' ? 'synced: outlives a power cut' : 'not synced: outlives the process',
    knowsDuplicates: false,
    add: async (entry) => void queue.add('person.created', textOf(entry)),
    count: async () => queue.countJobs(),
    close: async () => queue.close(),
  };
}

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };
