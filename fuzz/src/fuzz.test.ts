import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkProperty } from './check-property.ts';
import { describeFinding } from './describe-finding.ts';
import { fuzz } from './fuzz.ts';
import { readFuzzOptions } from './fuzz-options.ts';
import type { Property } from './property.ts';

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

function counting(name: string, weight: number): Property & { readonly scripts: string[] } {
  const scripts: string[] = [];
  const check: Property['check'] = (choices) => void scripts.push(`${choices.list(20, () => choices.byte())}`);
  return { name, weight, maxScriptBytes: 21, testCases: 1, check, scripts };
}

test('cases are shared by weight, and differ', async () => {
  const [one, other] = [counting('one', 3), counting('other', 1)];
  expect(await fuzz([one, other], { cases: 4_000, seconds: undefined, seed: 1 })).toEqual([]);
  expect([one.scripts.length, other.scripts.length]).toEqual([3_000, 1_000]);
  // Those of a short script may be the same.
  expect(new Set(one.scripts).size).toBeGreaterThan(2_500);
});

test('a finding tells how to run its case again, and the others go on', async () => {
  const other = counting('other', 1);
  const bad: Property = {
    ...counting('bad', 1),
    check(choices) {
      if (choices.list(20, () => choices.byte()).some((byte) => byte >= 200)) throw new Error('too large');
    },
  };
  const findings = await fuzz([bad, other], { cases: 2_000, seconds: undefined, seed: 1 });
  expect(findings.map(({ property }) => property)).toEqual(['bad']);
  expect(other.scripts).toHaveLength(1_000);
  const [finding] = findings;
  // One byte, as small as it can be.
  expect(finding?.script).toBe('01c8');
  expect(finding && describeFinding(finding)).toMatch(
    /--only bad --script 01c8\n.*\n.*--seed \d+ --path [\d:]+\nError: too large/,
  );
});

test('what hangs is a finding, with the script that made it hang', async () => {
  const hanging: Property = {
    ...counting('hanging', 1),
    check: (choices) => (choices.byte() >= 200 ? new Promise(() => {}) : Promise.resolve()),
  };
  const finding = await checkProperty(hanging, { cases: 1_000, seed: 1, caseLimitMs: 20 });
  expect(finding?.error).toMatchObject({ message: 'Not done after 20 ms' });
  expect(Buffer.from(finding?.script ?? '', 'hex')[0]).toBeGreaterThanOrEqual(200);
});

test.each([1, 40, 400])('it ends in time with cases of %d ms', async (caseMs) => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const check = (): void => {
    nowMs += caseMs;
  };
  await fuzz([{ ...counting('slow', 1), check }], { cases: Number.POSITIVE_INFINITY, seconds: 3, seed: 1 });
  expect(nowMs).toBeGreaterThanOrEqual(3_000);
  expect(nowMs).toBeLessThan(4_000);
});

test('it ends when there is nothing left to run', async () => {
  const bad: Property = { ...counting('bad', 1), check: () => Promise.reject(new Error('always')) };
  expect(await fuzz([bad], { cases: Number.POSITIVE_INFINITY, seconds: 600, seed: 1 })).toHaveLength(1);
});

test('without options there are ten million cases and a random seed', () => {
  expect(readFuzzOptions([])).toMatchObject({ cases: 10_000_000, seconds: undefined, only: [], path: undefined });
  expect(readFuzzOptions(['--seconds', '5']).cases).toBe(Number.POSITIVE_INFINITY);
  expect(readFuzzOptions(['--only', 'a', '--only', 'b', '--seed', '7'])).toMatchObject({ only: ['a', 'b'], seed: 7 });
});

test.each([
  [['--cases', 'many'], '--cases must be a whole number'],
  [['--cases', 'NaN'], '--cases must be a whole number'],
  [['--cases', '0'], '--cases must be 1 or more'],
  [['--cases', ''], '--cases must be 1 or more'],
  [['--cases=-5'], '--cases must be 1 or more'],
  [['--seconds', '0'], '--seconds must be 1 or more'],
  [['--path', '1:2', '--only', 'parse'], '--path needs --seed'],
  [['--script', '00'], '--path and --script need --only with one name'],
])('%j is refused', (given, message) => {
  expect(() => readFuzzOptions(given)).toThrow(message);
});
