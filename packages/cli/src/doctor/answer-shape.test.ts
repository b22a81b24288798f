import { expect, it } from 'vitest';
import { answerShape } from './answer-shape.ts';

const shapeOf = (body: string, status = 200): string =>
  answerShape({
    probe: { name: 'duplicate', sent: '', expects: 'accept' },
    result: { kind: 'answer', status, headers: {}, body: new TextEncoder().encode(body), durationMs: 1 },
  });

it.each([
  ['{"id":"evt_ffffffffffffffffffffffffffffffff"}', '{"id":"evt_abcdefabcdefabcdefabcdefabcdefab"}'],
  ['{"id":"ABCDEFAB-cdef-4abc-8def-abcdefabcdef"}', '{"id":"abcdefab-cdef-4abc-9def-abcdefabcdea"}'],
  ['{"at":"2026-11-26T00:00:00.000Z","tookMs":3}', '{"at":"2026-11-27T01:00:00Z","tookMs":12}'],
])('%s means the same as %s', (one, other) => {
  expect(shapeOf(one)).toBe(shapeOf(other));
});

it('is another one for another word, and for another status', () => {
  expect(shapeOf('{"status":"handled"}')).not.toBe(shapeOf('{"status":"duplicate"}'));
  expect(shapeOf('ok')).not.toBe(shapeOf('ok', 202));
});
