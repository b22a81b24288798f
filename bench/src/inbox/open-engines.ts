import { findRedis, startRedis } from '@twenty-webhooks/services';
import type { Engine } from './engine.ts';
import { openBareSqlite } from './engines/bare-sqlite.ts';
import { openBullmq } from './engines/bullmq.ts';
import { openPgBoss } from './engines/pg-boss.ts';
import { openPlainjob } from './engines/plainjob.ts';
import { openTwenty } from './engines/twenty.ts';

/** A Redis that answers, to be closed with what uses it. */
export interface OpenRedis {
  readonly url: string;
  readonly label: string;
  close(): Promise<void>;
}

/** Open all engines that this machine has, ours first. What they keep in files is in the folder. */
export async function openEngines(folder: string): Promise<Engine[]> {
  const engines = [
    openTwenty(folder),
    openBareSqlite(folder),
    openPlainjob(folder, 'as it comes'),
    openPlainjob(folder, 'FULL'),
    await openPgBoss(folder),
  ];
  for (const redis of await openRedises()) engines.push(await openBullmq(redis));
  return engines;
}

/** The one that is there, and one that syncs before it answers. */
async function openRedises(): Promise<OpenRedis[]> {
  const found = await findRedis();
  if (found === undefined) return [];
  const there = { ...found, label: 'the Redis that was there' };
  try {
    const synced = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } });
    return [there, { ...synced, label: 'a Redis that syncs' }];
  } catch {
    // Redis runs somewhere else and is not installed here.
    return [there];
  }
}
