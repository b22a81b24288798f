import { expect, test } from 'vitest';
import { checkProperty } from '../check-property.ts';
import type { Property } from '../property.ts';

export type Wrong = readonly [what: string, property: Property];

// One seed, so that what is found once is found always.
const seed = 20_261_126;

/** Every one of these properties of wrong implementations has a finding, within the cases of the test suite. */
export function itFinds(wrong: readonly Wrong[]): void {
  test.each(wrong)('%s: that is found', { timeout: 60_000 }, async (_what, property) => {
    expect(await run(property)).toBeDefined();
  });
}

/** What makes implementations wrong finds nothing if it changes nothing: so it is the change that is found. */
export function itPasses(unchanged: readonly Wrong[]): void {
  test.each(unchanged)('%s that changes nothing passes', { timeout: 60_000 }, async (_what, property) => {
    expect(await run(property)).toBeUndefined();
  });
}

async function run(property: Property) {
  try {
    return await checkProperty(property, { cases: property.testCases, seed, shrink: false });
  } finally {
    await property.close?.();
  }
}
