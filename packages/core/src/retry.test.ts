import { describe, expect, test } from 'vitest';
import { retryDelayMs, toRetryPolicy } from './retry.ts';

describe('the delay', () => {
  const policy = toRetryPolicy();
  const delays = (attempt: number): number[] => Array.from({ length: 200 }, () => retryDelayMs(policy, attempt));

  test.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [9, 256_000],
    [12, 2_048_000],
    [13, 3_600_000],
    [2_000, 3_600_000],
  ])('after attempt %i is between half of %i ms and all of it', (attempt, fullMs) => {
    for (const delayMs of delays(attempt)) {
      expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2);
      expect(delayMs).toBeLessThanOrEqual(fullMs);
      expect(Number.isSafeInteger(delayMs)).toBe(true);
    }
  });

  test('is spread, so that what failed together does not come back together', () => {
    expect(new Set(delays(5)).size).toBeGreaterThan(50);
  });

  test('is 0 if that is wanted', () => {
    expect(retryDelayMs(toRetryPolicy({ minDelayMs: 0 }), 3)).toBe(0);
  });
});

test('the defaults are ten attempts, from a second to an hour', () => {
  expect(toRetryPolicy()).toEqual({ attempts: 10, minDelayMs: 1_000, maxDelayMs: 3_600_000 });
  expect(toRetryPolicy({ attempts: 3 })).toEqual({ attempts: 3, minDelayMs: 1_000, maxDelayMs: 3_600_000 });
});

test.each([
  { attempts: 0 },
  { attempts: 1.5 },
  { attempts: Number.POSITIVE_INFINITY },
  { minDelayMs: -1 },
  { maxDelayMs: 2 ** 31 },
  { maxDelay: 1 },
])('%j is no policy', (options) => {
  expect(() => toRetryPolicy(options as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('retry') }),
  );
});
