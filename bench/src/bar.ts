import type { Ratio } from './rounds.ts';

/** What a ratio has to reach. */
export interface Bar {
  readonly name: string;
  readonly ratio: Ratio;
  /** `faster`: above 1. */
  readonly least: number | 'faster';
}

/** What is no ratio of two rivals, measured once, as a share of what it has to be. */
export const factBar = (name: string, share: number): Bar => ({
  name,
  ratio: { median: share, quartiles: [share, share] },
  least: 1,
});

export const isReached = ({ ratio, least }: Bar): boolean =>
  least === 'faster' ? ratio.median > 1 : ratio.median >= least;

export function printBars(bars: readonly Bar[]): void {
  console.log('\nBars');
  for (const bar of bars) {
    const wanted = bar.least === 'faster' ? 'above 1' : `at least ${bar.least.toFixed(2)}`;
    console.log(
      `  ${isReached(bar) ? 'reached    ' : 'not reached'}  ${bar.ratio.median.toFixed(3)} (${wanted})  ${bar.name}`,
    );
  }
}
