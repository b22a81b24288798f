import { expect, it } from 'vitest';
import { replayRefusal } from './replay-refusal.ts';
import { delivery } from './testdata/delivery.ts';

const nowMs = Date.UTC(2026, 10, 25, 12);
const minuteMs = 60_000;
const rejected = (code: string) => ({ status: 'rejected', code }) as const;

it.each([
  ['a genuine one at once', {}, 0, 'original', undefined],
  ['a genuine one after ten minutes', {}, 10, 'original', 'TIMESTAMP_TOO_OLD'],
  ['a genuine one after ten minutes, signed anew', {}, 10, 'fresh', undefined],
  ['one without a timestamp', { scheme: 'plain' }, 10, 'original', undefined],
  ['one that nobody verified', { scheme: 'unsigned' }, 10, 'original', undefined],
  ['an old one', rejected('TIMESTAMP_TOO_OLD'), 10, 'original', 'TIMESTAMP_TOO_OLD'],
  ['one of the future whose time has come', rejected('TIMESTAMP_IN_FUTURE'), 1, 'original', undefined],
  ['one of the future', rejected('TIMESTAMP_IN_FUTURE'), -10, 'original', 'TIMESTAMP_IN_FUTURE'],
  ['a forgery', rejected('SIGNATURE_MISMATCH'), 10, 'original', 'SIGNATURE_MISMATCH'],
  ['a forgery, signed anew', rejected('SIGNATURE_MISMATCH'), 10, 'fresh', undefined],
  ['no event, signed anew', rejected('BODY_NOT_EVENT'), 10, 'fresh', 'BODY_NOT_EVENT'],
] as const)('knows how %s is to be refused', (_, fields, ageMinutes, sign, refusal) => {
  const timestamp = String(nowMs - ageMinutes * minuteMs);
  const replayed = { ...delivery({ id: 1, ...fields }), headers: [['X-Twenty-Webhook-Timestamp', timestamp]] as const };
  expect(replayRefusal(replayed, sign, nowMs)).toBe(refusal);
});

it('goes by the time of arrival where the headers are not loaded', () => {
  const old = delivery({ id: 1, receivedAtMs: nowMs - 10 * minuteMs });
  expect(replayRefusal(old, 'original', nowMs)).toBe('TIMESTAMP_TOO_OLD');
});
