import { expect, test } from 'vitest';
import { isReached } from './bar.ts';
import { type Ratio, speedRatio } from './rounds.ts';

// Microseconds, so less is faster.
const rounds = new Map([
  ['own', [10, 20, 10, 10, 10]],
  ['twice as slow', [20, 20, 20, 21, 20]],
  ['as fast', [10, 20, 10, 10, 10]],
]);

test('a ratio above 1 is faster; one bad round does not count', () => {
  expect(speedRatio(rounds, 'own', 'twice as slow')).toEqual({ median: 2, quartiles: [2, 2] });
  expect(speedRatio(rounds, 'twice as slow', 'own').median).toBe(0.5);
  expect(speedRatio(rounds, 'own', 'as fast').median).toBe(1);
  expect(() => speedRatio(rounds, 'own', 'not there')).toThrow('not there was not measured');
});

test.each([
  [0.89, 0.9, false],
  [0.9, 0.9, true],
  [1, 'faster', false],
  [1.01, 'faster', true],
  [Number.NaN, 0.9, false],
] as const)('%d of %s: %s', (median, least, reached) => {
  const ratio: Ratio = { median, quartiles: [median, median] };
  expect(isReached({ name: 'a bar', ratio, least })).toBe(reached);
});
