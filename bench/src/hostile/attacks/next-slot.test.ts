import { expect, test } from 'vitest';
import { nextSlotMs } from './next-slot.ts';

test.each([
  ['early', 90, 110],
  ['at once', 100, 110],
  ['in time', 104, 110],
  ['as the next one is due', 110, 110],
  ['after five were missed', 154, 160],
])('%s: the next one is in time, and no more than one is', (_when, nowMs, expected) => {
  expect(nextSlotMs(100, { everyMs: 10, nowMs })).toBe(expected);
});

test('after a stall no more is sent in a second than in any other', () => {
  let nowMs = 5_003;
  let sent = 0;
  for (let dueMs = 0; nowMs < 6_003; sent++) {
    nowMs = Math.max(nowMs, dueMs);
    dueMs = nextSlotMs(dueMs, { everyMs: 25, nowMs });
  }
  expect(sent).toBeLessThanOrEqual(1_000 / 25 + 2);
});
