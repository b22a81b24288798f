import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Engine, keyOf } from '../engine.ts';

export const bareInsert = 'node:sqlite, one INSERT';

/** The least that keeps a body through a power cut: one INSERT, one commit, no worker that could find it. */
export function openBareSqlite(folder: string): Engine {
  const database = new DatabaseSync(join(folder, 'bare.sqlite'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE job (key TEXT PRIMARY KEY, body BLOB)',
  );
  const insert = database.prepare('INSERT OR IGNORE INTO job VALUES (?, ?)');
  const count = database.prepare('SELECT count(*) AS count FROM job');
  return {
    name: bareInsert,
    durability: 'synced: outlives a power cut',
    knowsDuplicates: true,
    add: async (entry) => void insert.run(keyOf(entry), entry.body),
    count: async () => Number(count.get()?.count),
    close: async () => database.close(),
  };
}
