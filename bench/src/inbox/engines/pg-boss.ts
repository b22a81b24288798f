import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite, PgBoss } from 'pg-boss';
import { type Engine, keyOf, textOf } from '../engine.ts';

/** pg-boss on an embedded Postgres in a folder; its ids are its deduplication. */
export async function openPgBoss(folder: string): Promise<Engine> {
  const pglite = await PGlite.create(join(folder, 'pglite'));
  const boss = new PgBoss({ db: fromPglite(pglite), backend: 'pglite', supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(queue);
  const fsync = (await pglite.query<{ fsync: string }>('SHOW fsync')).rows[0]?.fsync;
  return {
    name: 'pg-boss on PGlite',
    durability:
      fsync === 'off' ? 'not synced (PGlite: fsync off): outlives the process' : 'synced: outlives a power cut',
    knowsDuplicates: true,
    async add(entry) {
      const id = keyOf(entry).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');
      await boss.insert(queue, [{ id, data: { body: textOf(entry) } }]);
    },
    async count() {
      const { rows } = await pglite.query<{ count: number }>('SELECT count(*)::int AS count FROM pgboss.job');
      return rows[0]?.count ?? 0;
    },
    async close() {
      await boss.stop({ graceful: false });
      await pglite.close();
    },
  };
}

const queue = 'bench';
