import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type BodySize, makeBodies } from './bodies.ts';
import type { Contender } from './contender.ts';
import type { Rounds } from './rounds.ts';

/**
 * Measure contenders in many short slots in rotation, so that what else the machine does hits all of them alike. Returns
 * microseconds of CPU per delivery: time on the clock would count what others take from us.
 */
export async function measure(contenders: readonly Contender[], size: BodySize): Promise<Rounds> {
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

const warmUpRounds = 20;
// Short slots: 5 to 10 ms of a fast contender.
const extents: Record<BodySize, { deliveries: number; rounds: number }> = {
  '1.4 kB': { deliveries: 500, rounds: 150 },
  '100 kB': { deliveries: 20, rounds: 80 },
};

setFlagsFromString('--expose-gc');
export const collectGarbage: (options: { type: 'minor' | 'major' }) => void = runInNewContext('gc');
