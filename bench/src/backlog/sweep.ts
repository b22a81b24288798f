import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { secret } from '../contenders/secret.ts';
import { handler } from './make-file.ts';

/** What sweeping old jobs costs: it deletes some of the file. */
export interface Sweep {
  readonly jobs: number;
  /** How long the event loop was busy per job that went. */
  readonly busyMicroseconds: number;
}

/** Let the jobs of a file become too old, and look at the worker deleting them for a while. */
export async function watchSweep(path: string, forMs: number): Promise<Sweep> {
  const inbox = sqliteInbox(path, { concurrency: 1, now: () => Date.now() + fortyDaysMs });
  const before = await total(inbox);
  const receiver = createReceiver({ secret, inbox, work: false, on: { [handler]: () => new Promise(() => {}) } });
  receiver.start();
  const start = performance.eventLoopUtilization();
  await sleep(forMs);
  // It may not have come to it on a busy machine.
  const giveUpAtMs = performance.now() + 10_000;
  while ((await total(inbox)) === before && performance.now() < giveUpAtMs) await sleep(100);
  const { active } = performance.eventLoopUtilization(start);
  const jobs = before - (await total(inbox));
  await receiver.close({ graceMs: 0 });
  return { jobs, busyMicroseconds: (active * 1_000) / jobs };
}

async function total({ inspection }: ReturnType<typeof sqliteInbox>): Promise<number> {
  const { waiting, running, done, dead } = await inspection.counts();
  return waiting + running + done + dead;
}

const fortyDaysMs = 40 * 24 * 60 * 60 * 1_000;
