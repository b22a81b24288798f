import { describe, expect, test } from 'vitest';
import { judgeFreshness, parseTimestamp } from './freshness.ts';

describe('parseTimestamp', () => {
  test.each([
    ['1795448101916', 1_795_448_101_916],
    ['1795448101', 1_795_448_101],
    ['1', 1],
    ['999999999999999', 999_999_999_999_999],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  test.each([
    '',
    ' 1795448101916',
    '1795448101916 ',
    '1795448101916\n',
    '+1795448101916',
    '-1795448101916',
    '1795448101916.0',
    '1.795448101916e12',
    '0x1a2b3c',
    '1795448101916n',
    '1_795_448_101_916',
    '１７９５４４８１０１９１６',
    'NaN',
    'Infinity',
    '2026-11-23T15:35:03.400Z',
    '1795448101916, 1795448101916',
    '01795448101916',
    '-0',
    '9007199254740992',
    '9'.repeat(400),
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

describe('judgeFreshness', () => {
  const now = 1_795_448_103_416;

  test.each([
    [now, 300, undefined],
    [now - 300_000, 300, undefined],
    [now - 300_001, 300, 'TIMESTAMP_TOO_OLD'],
    [now + 300_000, 300, undefined],
    [now + 300_001, 300, 'TIMESTAMP_IN_FUTURE'],
    [now, 0, undefined],
    [now - 1, 0, 'TIMESTAMP_TOO_OLD'],
    [now + 1, 0, 'TIMESTAMP_IN_FUTURE'],
    [now - 500, 0.5, undefined],
    [now - 501, 0.5, 'TIMESTAMP_TOO_OLD'],
    [0, 300, 'TIMESTAMP_TOO_OLD'],
    [999_999_999_999_999, 300, 'TIMESTAMP_IN_FUTURE'],
  ])('%d at a tolerance of %d s: %s', (signedAtMs, toleranceSeconds, expected) => {
    expect(judgeFreshness(signedAtMs, now, toleranceSeconds)).toBe(expected);
  });
});
