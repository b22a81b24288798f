import { randomUUID } from 'node:crypto';
import { addAll, type Engine } from '../inbox/engine.ts';
import { makeEntries } from '../inbox/entries.ts';
import { rotate } from '../measure.ts';
import type { Report } from '../report.ts';
import { medianOf, type Rounds, speedRatio } from '../rounds.ts';
import { ratioCell } from '../table.ts';
import { type EngineName, type EngineUrls, engineNames, openInbox } from './open-inbox.ts';
import { storeByHand } from './store-by-hand.ts';

const perSlot = { 1: 40, 64: 256 } as const;
const warmUpRounds = 3;
const measuredRounds = 20;
const names = {
  postgres: ['postgresInbox.put, many in one insert', 'boss.insert, one for each'],
  redis: ['redisInbox.put', 'queue.add, one for each'],
} as const;

/** Puts one at a time and at the same time, beside a call of the engine for each. */
export async function benchGroupedPuts(report: Report, urls: EngineUrls): Promise<void> {
  for (const engine of engineNames) {
    const [grouped, single] = names[engine];
    const engines = [await openGrouped(engine, urls), await openSingle(engine, urls)];
    for (const inFlight of [1, 64] as const) {
      const times = await measureAdds(engines, inFlight);
      const perSecond = (name: string): string => (1e6 / medianOf(times, name)).toFixed(0);
      const rows = engines.map(({ name }) => [name, perSecond(name), ratioCell(speedRatio(times, name, single))]);
      const head = ['', 'jobs/s', 'one for each = 1'];
      report.table(`jobs of 1.4 kB stored on ${engine}, ${inFlight} in flight`, head, rows);
      const ratio = speedRatio(times, grouped, single);
      if (inFlight === 1) {
        const words = { ours: `put: ${perSecond(grouped)}/s`, beside: `${single}: ${perSecond(single)}/s` };
        report.ratio(ratio, { what: `durable accept, ${engine}`, ...words });
      } else if (engine === 'postgres') {
        report.bar({ name: `postgres, ${inFlight} puts in flight: grouped, of one insert per put`, ratio, least: 2 });
      }
    }
    for (const one of engines) await one.close();
  }
}

/** Microseconds on the clock per job. */
async function measureAdds(engines: readonly Engine[], inFlight: keyof typeof perSlot): Promise<Rounds> {
  const times = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
  for (let round = -warmUpRounds; round < measuredRounds; round++) {
    for (const one of rotate(engines, round)) {
      const entries = await makeEntries(perSlot[inFlight]);
      const startMs = performance.now();
      await addAll(one, entries, inFlight);
      if (round >= 0) times.get(one.name)?.push(((performance.now() - startMs) * 1_000) / entries.length);
    }
  }
  return times;
}

async function openGrouped(engine: EngineName, urls: EngineUrls): Promise<Engine> {
  const inbox = await openInbox(engine, urls, { queue: randomUUID() });
  return {
    ...facts(names[engine][0]),
    add: async (entry) => void (await inbox.put(entry, { timeoutMs: 2_000 })),
    close: () => inbox.close(),
  };
}

async function openSingle(engine: EngineName, urls: EngineUrls): Promise<Engine> {
  const store = await storeByHand(engine, urls, randomUUID());
  return {
    ...facts(names[engine][1]),
    add: async ({ body }) => void (await store.add(Buffer.from(body))),
    close: () => store.close(),
  };
}

const facts = (name: string) => ({ name, durability: '', knowsDuplicates: true, count: async () => Number.NaN });
