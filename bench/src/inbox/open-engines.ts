import type { Engine } from './engine.ts';
import { openBullmq } from './engines/bullmq.ts';
import { openPgBoss } from './engines/pg-boss.ts';
import { openPlainjob } from './engines/plainjob.ts';
import { openTwenty } from './engines/twenty.ts';
import { findRedis, startSyncedRedis } from './find-redis.ts';

/** Open all engines that this machine has, ours first. What they keep in files is in the folder. */
export async function openEngines(folder: string): Promise<Engine[]> {
  const engines = [
    openTwenty(folder),
    openPlainjob(folder, 'as it comes'),
    openPlainjob(folder, 'FULL'),
    await openPgBoss(folder),
  ];
  for (const redis of [await findRedis(), await startSyncedRedis(folder)]) {
    if (redis !== undefined) engines.push(await openBullmq(redis));
  }
  return engines;
}
