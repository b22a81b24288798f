import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type BodySize, makeBodies } from './bodies.ts';
import type { Contender } from './contender.ts';
import type { Rounds } from './rounds.ts';

/**
 * Measure contenders in many short slots in rotation, so that what else the machine does hits all of them alike. Returns
 * microseconds of CPU per delivery: time on the clock would count what others take from us.
 *
 * Only with `--single-threaded-gc`. Otherwise V8 collects garbage in other threads as well: in a slot of 11 µs a delivery they
 * took from 0 to 20 µs more, depending on who had come before.
 *
 * mitata 1.0.34 times on the clock, call by call. On the same contenders half of its averages lay within 60 to 68 % of the
 * median ratio, beside 15 % here; its medians spread less (6 to 8 %), because they never count the collection of garbage.
 */
export async function measure(contenders: readonly Contender[], size: BodySize): Promise<Rounds> {
  if (!process.execArgv.includes('--single-threaded-gc')) throw new Error('Run it by pnpm bench: V8 needs its flag');
  const { deliveries, rounds } = extents[size];
  const times: Map<string, number[]> = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    const bodies = makeBodies(size, deliveries);
    for (const contender of rotate(contenders, round)) {
      const run = contender.prepare(bodies);
      // What the preparation left behind is not on the contender's account; its own garbage is.
      collectGarbage({ type: 'minor' });
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.get(contender.name)?.push((user + system) / deliveries);
    }
  }
  return times;
}

/** Everybody comes first, and after everybody. */
export function rotate<T>(items: readonly T[], round: number): readonly T[] {
  const start = Math.abs(round) % items.length;
  const rotated = [...items.slice(start), ...items.slice(0, start)];
  return Math.floor(Math.abs(round) / items.length) % 2 === 0 ? rotated : rotated.reverse();
}

const warmUpRounds = 10;
// Long enough that the first delivery of a slot, which finds cold caches, does not count: 5 to 40 ms of a fast contender.
const extents: Record<BodySize, { deliveries: number; rounds: number }> = {
  '1.4 kB': { deliveries: 1_000, rounds: 80 },
  '9 kB': { deliveries: 250, rounds: 50 },
  '100 kB': { deliveries: 60, rounds: 40 },
  '100 kB ASCII': { deliveries: 60, rounds: 40 },
  '1 MB': { deliveries: 8, rounds: 25 },
};

setFlagsFromString('--expose-gc');
export const collectGarbage: (options: { type: 'minor' | 'major' }) => void = runInNewContext('gc');
