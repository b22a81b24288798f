/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  between(least: number, most: number): number;
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  /** Whether something that happens with this probability does so now. */
  happens(probability: number): boolean;
}

/** Make one of a whole number (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    below: (count) => Math.floor(next() * count),
    happens: (probability) => next() < probability,
  };
}
