import { randomUUID } from 'node:crypto';
import { createReceiver } from '@twenty-webhooks/core';
import { factBar } from '../bar.ts';
import { secret } from '../contenders/secret.ts';
import { addAll } from '../inbox/engine.ts';
import { makeEntries } from '../inbox/entries.ts';
import type { Report } from '../report.ts';
import { type EngineUrls, engineNames, openInbox } from './open-inbox.ts';

const jobs = 20_000;
const concurrency = 8;
const leastPerSecond = { postgres: 300, redis: 2_000 };

/** A backlog of jobs of different records, worked off by one process with handlers that do nothing. */
export async function benchDrain(report: Report, urls: EngineUrls): Promise<void> {
  const rows: string[][] = [];
  for (const engine of engineNames) {
    const queue = randomUUID();
    const storing = await openInbox(engine, urls, { queue });
    const add = async (entry: Parameters<typeof storing.put>[0]): Promise<void> =>
      void (await storing.put({ ...entry, jobs: [{ key: randomUUID(), handler: '*' }] }, { timeoutMs: 2_000 }));
    const adder = {
      name: engine,
      durability: '',
      knowsDuplicates: true,
      add,
      count: async () => 0,
      close: storing.close,
    };
    for (let stored = 0; stored < jobs; stored += 1_000) await addAll(adder, await makeEntries(1_000), 64);
    const working = await openInbox(engine, urls, { queue, concurrency });
    const handled = await new Promise<{ readonly tookMs: number; readonly close: () => Promise<void> }>((resolve) => {
      const startMs = performance.now();
      let left = jobs;
      const receiver = createReceiver({
        secret,
        inbox: working,
        on: { '*': () => {} },
        // Done means: written.
        observe: ({ status }) => {
          if (status === 'job' && --left === 0) {
            resolve({ tookMs: performance.now() - startMs, close: () => receiver.close() });
          }
        },
      });
    });
    await handled.close();
    const { done } = await storing.inspection.counts();
    await storing.close();
    if (done !== jobs) throw new Error(`${done} jobs of ${jobs} are done`);
    const perSecond = (jobs / handled.tookMs) * 1_000;
    rows.push([engine, perSecond.toFixed(0)]);
    const least = leastPerSecond[engine];
    report.bar(factBar(`${engine}: jobs/s with ${concurrency} workers, of ${least}`, perSecond / least));
  }
  report.table(`a backlog of ${jobs} jobs, one process, ${concurrency} handlers at a time`, ['', 'jobs/s'], rows);
}
