/** What each contender needed in each round, by name. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** The median of a contender. */
export const medianOf = (rounds: Rounds, name: string): number => quantile(valuesOf(rounds, name), 0.5);

export interface Ratio {
  readonly median: number;
  /** Half of the rounds lie between these. */
  readonly quartiles: readonly [lower: number, upper: number];
}

/** How fast one is in comparison with another: above 1 it is faster. Round by round, since a round's slots had the same weather. */
export function speedRatio(rounds: Rounds, name: string, other: string): Ratio {
  const [own, others] = [valuesOf(rounds, name), valuesOf(rounds, other)];
  const ratios = own.map((value, round) => (others[round] ?? Number.NaN) / value);
  return { median: quantile(ratios, 0.5), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}

function valuesOf(rounds: Rounds, name: string): readonly number[] {
  const values = rounds.get(name);
  if (values === undefined || values.length === 0) throw new Error(`${name} was not measured`);
  return values;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
