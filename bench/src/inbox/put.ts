import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rotate } from '../measure.ts';
import type { Report } from '../report.ts';
import { medianOf, type Rounds, speedRatio } from '../rounds.ts';
import { ratioCell } from '../table.ts';
import { addAll, type Engine } from './engine.ts';
import { bareInsert } from './engines/bare-sqlite.ts';
import { makeEntries } from './entries.ts';
import { openEngines } from './open-engines.ts';

export const many = 64;
const perSlot = { 1: 60, [many]: 256 } as const;
const warmUpRounds = 4;
const measuredRounds = 30;

/** `put` of sqliteInbox alone, one after the other and many in flight, beside other engines that add one job each time. */
export async function benchPut(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  const engines = await openEngines(folder);
  try {
    const rounds = await measureAdds(engines);
    const [own = ''] = engines.map(({ name }) => name);
    const rows = engines.map(({ name, durability }) => [
      name,
      ...([1, many] as const).flatMap((inFlight) => [
        (1e6 / medianOf(rounds, slotName(name, inFlight))).toFixed(0),
        ratioCell(speedRatio(rounds, slotName(name, inFlight), slotName(own, inFlight))),
      ]),
      durability,
    ]);
    if (!engines.some(({ name }) => name.startsWith('bullmq'))) {
      rows.push(['bullmq', '', '', '', '', 'not available: no Redis answers, and redis-server is not installed']);
    }
    const head = ['', 'jobs/s, one at a time', `${own} = 1`, `jobs/s, ${many} in flight`, `${own} = 1`, 'what is kept'];
    report.table('put alone: jobs of 1.4 kB added, one per call', head, rows);
    report.bar({
      name: `put, ${many} in flight, of one commit per put`,
      ratio: speedRatio(rounds, slotName(own, many), slotName(own, 1)),
      least: 3,
    });
    const perSecond = (name: string): string => `${(1e6 / medianOf(rounds, slotName(name, 1))).toFixed(0)}/s`;
    report.ratio(speedRatio(rounds, slotName(own, 1), slotName(bareInsert, 1)), {
      what: 'durable accept, SQLite',
      ours: `put: ${perSecond(own)}`,
      beside: `bare INSERT: ${perSecond(bareInsert)}`,
    });
  } finally {
    for (const engine of engines) await engine.close();
    await rm(folder, { recursive: true });
  }
}

export const slotName = (name: string, inFlight: number): string => `${name} ${inFlight}`;

/** Microseconds on the clock per job: most of it is spent waiting for a disk or for another process. */
export async function measureAdds(engines: readonly Engine[]): Promise<Rounds> {
  const slots = engines.flatMap((engine) => ([1, many] as const).map((inFlight) => ({ engine, inFlight })));
  const times = new Map<string, number[]>(slots.map(({ engine, inFlight }) => [slotName(engine.name, inFlight), []]));
  for (let round = -warmUpRounds; round < measuredRounds; round++) {
    for (const { engine, inFlight } of rotate(slots, round)) {
      const entries = await makeEntries(perSlot[inFlight]);
      const start = performance.now();
      await addAll(engine, entries, inFlight);
      const elapsedMs = performance.now() - start;
      if (round >= 0) times.get(slotName(engine.name, inFlight))?.push((elapsedMs * 1_000) / entries.length);
    }
  }
  const jobs = (warmUpRounds + measuredRounds) * (perSlot[1] + perSlot[many]);
  for (const engine of engines) {
    const stored = await engine.count();
    if (stored !== jobs) throw new Error(`${engine.name} has ${stored} jobs of ${jobs}`);
  }
  return times;
}
