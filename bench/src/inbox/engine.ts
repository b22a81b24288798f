import type { InboxEntry } from '@twenty-webhooks/core';

/** Somewhere to store jobs, so that they are run later. */
export interface Engine {
  readonly name: string;
  /** What outlives what, once `add` has resolved. */
  readonly durability: string;
  /** Whether a second job of one key is not stored. */
  readonly knowsDuplicates: boolean;
  /** Store the one job of the entry. */
  add(entry: InboxEntry): Promise<void>;
  count(): Promise<number>;
  /** Leaves nothing behind but the folder. */
  close(): Promise<void>;
}

/** Add the jobs, so many at a time. */
export async function addAll(engine: Engine, entries: readonly InboxEntry[], inFlight: number): Promise<void> {
  const left = entries.values();
  const addOneByOne = async (): Promise<void> => {
    for (const entry of left) await engine.add(entry);
  };
  await Promise.all(Array.from({ length: inFlight }, addOneByOne));
}

/** The first (and only) key of an entry. */
export function keyOf({ jobs }: InboxEntry): string {
  const [job] = jobs;
  if (job === undefined) throw new Error('an entry without a job');
  return job.key;
}

/** The received bytes, for engines that store text. */
export const textOf = ({ body }: InboxEntry): string =>
  Buffer.from(body.buffer, body.byteOffset, body.length).toString();
