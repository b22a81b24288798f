import { expect, it } from 'vitest';
import { bodyOddities } from './body-oddities.ts';
import { formatBytes, formatDuration, formatTime } from './format-values.ts';
import { headerNote } from './header-note.ts';

it('writes times of today without their day', () => {
  const noon = new Date(2026, 10, 25, 12, 3, 4).getTime();
  expect(formatTime(noon, noon + 1_000)).toBe('12:03:04');
  expect(formatTime(noon, noon + 24 * 60 * 60 * 1_000)).toBe('11-25 12:03:04');
});

it('writes durations and sizes in units that people read', () => {
  expect([0.4, 12.3, 999.4, 1_000, 5_032].map(formatDuration)).toEqual(['0 ms', '12 ms', '999 ms', '1.00 s', '5.03 s']);
  expect([0, 999, 2_100, 1_500_000].map(formatBytes)).toEqual(['0 B', '999 B', '2.1 kB', '1.5 MB']);
});

it('says what the timestamp of a delivery means', () => {
  const nowMs = Date.UTC(2026, 10, 25, 12);
  const note = (value: string): string | undefined => headerNote('X-Twenty-Webhook-Timestamp', value, nowMs);
  expect(note(String(nowMs - 420))).toBe('2026-11-25T11:59:59.580Z, 420 ms before it came');
  expect(note(String(nowMs + 60_000))).toBe('2026-11-25T12:01:00.000Z, 60.00 s after it came');
  expect(note(String(Math.floor(nowMs / 1_000)))).toBe('seconds? Twenty sends milliseconds');
  expect(note('9'.repeat(30))).toBe('no time');
  expect(note('soon')).toBe('no whole milliseconds');
  expect(headerNote('user-agent', 'axios', nowMs)).toBeUndefined();
});

it('names what cannot be seen in a body', () => {
  expect(bodyOddities('{"a":1}')).toEqual([]);
  expect(bodyOddities('\ufeff{"a":1}')).toHaveLength(1);
  expect(bodyOddities('{\n  "a": 1\n}\n')).toHaveLength(2);
  expect(bodyOddities('{"a":1}\r\n')).toHaveLength(1);
  expect(bodyOddities(' {"a":1}')).toEqual([expect.stringContaining('starts with white space')]);
  expect(bodyOddities('{"a": 1, "b": 2}')).toEqual([expect.stringContaining('spaces after its colons')]);
  expect(bodyOddities('{"a":"\\": ","b: ":1}')).toEqual([]);
});
