import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from './start-sample.ts';

/** Something that a handler of the sample did. */
export interface Entry {
  readonly event: string;
  readonly recordId: string;
  /** In the sample's words. */
  readonly text: string;
}

/** Read what the handlers did. */
export async function readJournal({ journalUrl }: Pick<Sample, 'journalUrl'>): Promise<readonly Entry[]> {
  return (await readJson(journalUrl)) as readonly Entry[];
}

/** Wait until the sample has no job left; `false` if it still has one after `patienceMs`, or knows nothing of jobs. */
export async function isDone({ jobsUrl }: Pick<Sample, 'jobsUrl'>, patienceMs = 5_000): Promise<boolean> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const { waiting, running } = (await readJson(jobsUrl)) as { waiting?: number; running?: number };
    if (waiting === undefined || running === undefined) return false;
    if (waiting + running === 0) return true;
    if (performance.now() > giveUpAtMs) return false;
    await sleep(5);
  }
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return response.json();
}
