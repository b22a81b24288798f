import { expect, it } from 'vitest';
import { parseAge } from './parse-age.ts';

it.each([
  ['30d', 30 * 86_400_000],
  ['12h', 12 * 3_600_000],
  ['45m', 45 * 60_000],
  ['0s', 0],
  ['2w', 14 * 86_400_000],
])('%s', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

it.each(['', '30', 'd', '-1d', '1.5h', '30 d', '1y'])('"%s" is refused', (text) => {
  expect(() => parseAge(text)).toThrow('--older-than');
});
