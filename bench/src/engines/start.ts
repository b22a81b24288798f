import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver } from '@twenty-webhooks/core';
import { factBar } from '../bar.ts';
import { secret } from '../contenders/secret.ts';
import { makeEntries } from '../inbox/entries.ts';
import type { Report } from '../report.ts';
import { type EngineUrls, engineNames, openInbox } from './open-inbox.ts';

const jobs = 200;
const pauseMs = 30;
const allowedMs = 50;

/** From stored to running, nothing else to do: in the inbox that stored it, and in another one that has to hear of it. */
export async function benchStart(report: Report, urls: EngineUrls): Promise<void> {
  const rows: string[][] = [];
  for (const engine of engineNames) {
    for (const where of ['the same inbox', 'another inbox'] as const) {
      const queue = randomUUID();
      const working = await openInbox(engine, urls, { queue });
      const storing = where === 'the same inbox' ? working : await openInbox(engine, urls, { queue });
      let began = (): void => {};
      const receiver = createReceiver({ secret, inbox: working, on: { '*': () => began() } });
      const tookMs: number[] = [];
      // The first find nothing warm.
      for (const [index, entry] of (await makeEntries(jobs + 20)).entries()) {
        const running = new Promise<void>((resolve) => {
          began = resolve;
        });
        const job = { ...entry, jobs: [{ key: randomUUID(), handler: '*' }] };
        await storing.put(job, { timeoutMs: 2_000 });
        const storedAtMs = performance.now();
        await running;
        if (index >= 20) tookMs.push(performance.now() - storedAtMs);
        await sleep(pauseMs);
      }
      await receiver.close();
      if (storing !== working) await storing.close();
      tookMs.sort((one, other) => one - other);
      const quantile = (share: number): number => tookMs[Math.floor((tookMs.length - 1) * share)] ?? Number.NaN;
      rows.push([`${engine}, ${where}`, ...[0.5, 0.95, 1].map((share) => quantile(share).toFixed(1))]);
      report.bar(
        factBar(
          `${engine}: ${allowedMs} ms, of the p95 from stored to running in ${where}`,
          allowedMs / quantile(0.95),
        ),
      );
    }
  }
  report.table('from stored to running, one job at a time', ['', 'p50 ms', 'p95 ms', 'max ms'], rows);
}
