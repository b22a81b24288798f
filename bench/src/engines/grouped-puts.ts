import { randomUUID } from 'node:crypto';
import type { Bar } from '../bar.ts';
import { addAll, type Engine } from '../inbox/engine.ts';
import { makeEntries } from '../inbox/entries.ts';
import { rotate } from '../measure.ts';
import { medianOf, speedRatio } from '../rounds.ts';
import { printTable, ratioCell } from '../table.ts';
import { type EngineName, type EngineUrls, engineNames, openInbox } from './open-inbox.ts';
import { storeByHand } from './store-by-hand.ts';

const inFlight = 64;
const perSlot = 256;
const warmUpRounds = 3;
const measuredRounds = 20;
const names = {
  postgres: ['postgresInbox.put, many in one insert', 'boss.insert, one for each'],
  redis: ['redisInbox.put', 'queue.add, one for each'],
} as const;

/** Puts that come at the same time, beside a call of the engine for each. */
export async function benchGroupedPuts(urls: EngineUrls): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const engine of engineNames) {
    const [grouped, single] = names[engine];
    const engines = [await openGrouped(engine, urls), await openSingle(engine, urls)];
    const times = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
    for (let round = -warmUpRounds; round < measuredRounds; round++) {
      for (const one of rotate(engines, round)) {
        const entries = await makeEntries(perSlot);
        const startMs = performance.now();
        await addAll(one, entries, inFlight);
        if (round >= 0) times.get(one.name)?.push(((performance.now() - startMs) * 1_000) / entries.length);
      }
    }
    for (const one of engines) await one.close();
    const rows = engines.map(({ name }) => [
      name,
      (1e6 / medianOf(times, name)).toFixed(0),
      ratioCell(speedRatio(times, name, single)),
    ]);
    printTable(`jobs of 1.4 kB stored on ${engine}, ${inFlight} in flight`, ['', 'jobs/s', 'one for each = 1'], rows);
    if (engine === 'postgres') {
      const ratio = speedRatio(times, grouped, single);
      bars.push({ name: `postgres, ${inFlight} puts in flight: grouped, of one insert per put`, ratio, least: 2 });
    }
  }
  return bars;
}

type Adder = Pick<Engine, 'name' | 'add' | 'close'> & Engine;

async function openGrouped(engine: EngineName, urls: EngineUrls): Promise<Adder> {
  const inbox = await openInbox(engine, urls, { queue: randomUUID() });
  return {
    ...facts(names[engine][0]),
    add: async (entry) => void (await inbox.put(entry, { timeoutMs: 2_000 })),
    close: () => inbox.close(),
  };
}

async function openSingle(engine: EngineName, urls: EngineUrls): Promise<Adder> {
  const store = await storeByHand(engine, urls, randomUUID());
  return {
    ...facts(names[engine][1]),
    add: async ({ body }) => void (await store.add(Buffer.from(body))),
    close: () => store.close(),
  };
}

const facts = (name: string) => ({ name, durability: '', knowsDuplicates: true, count: async () => Number.NaN });
