import { expect, test } from 'vitest';
import type { DeliverySummary } from './inspector-api.ts';
import { deliveryLine, jsonLine, startLines } from './listen-lines.ts';

const plain = { isJson: false, style: (_style: string, text: string) => text };

const delivery: DeliverySummary = {
  id: 1,
  receivedAtMs: new Date(2026, 0, 2, 3, 4, 5).getTime(),
  method: 'POST',
  path: '/webhooks/twenty',
  bytes: 2,
  status: 'accepted',
  code: undefined,
  reason: undefined,
  scheme: 'timestamped',
  event: 'person.created',
  eventId: 'evt_1',
  format: 'server',
  object: 'person',
  recordId: 'p1',
  recordName: 'Ada Lovelace',
  forward: undefined,
  isForwarding: false,
};
const forward = { url: 'http://a/', status: 200, durationMs: 12.3, error: undefined, reason: undefined, body: '' };

test.each<[string, Partial<DeliverySummary>]>([
  ['03:04:05  ✓  accepted   person.created  Ada Lovelace', {}],
  ['03:04:05  ✓  accepted   person.created  p1', { recordName: undefined }],
  ['03:04:05  ✓  accepted   person.created  Ada Lovelace  → 200 in 12 ms', { forward }],
  [
    '03:04:05  ✗  accepted   person.created  Ada Lovelace  → ECONNREFUSED in 1.5 s  – nobody is there',
    { forward: { ...forward, status: undefined, error: 'ECONNREFUSED', durationMs: 1_500, reason: 'nobody is there' } },
  ],
  [
    '03:04:05  ✗  SIGNATURE_MISMATCH  person.created  Ada Lovelace  – why',
    { status: 'rejected', code: 'SIGNATURE_MISMATCH', reason: 'why' },
  ],
  [
    '03:04:05  ✗  METHOD_NOT_ALLOWED  GET /x',
    {
      code: 'METHOD_NOT_ALLOWED',
      method: 'GET',
      path: '/x',
      event: undefined,
      recordId: undefined,
      recordName: undefined,
    },
  ],
])('%s', (line, changes) => {
  expect(deliveryLine({ ...delivery, ...changes }, plain)).toBe(line);
});

test('nothing from outside acts on the terminal', () => {
  const evil = '\x1b]0;owned\x07\x9b31m\r\n';
  const line = deliveryLine(
    {
      ...delivery,
      event: evil,
      recordName: evil,
      code: 'X',
      reason: evil,
      forward: { ...forward, status: undefined, error: evil, reason: evil },
    },
    plain,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  const text = jsonLine({ evil });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(JSON.parse(text)).toEqual({ evil });
});

test('what is said at the start has no password', () => {
  const facts = {
    origin: 'http://127.0.0.1:4000',
    receiveUrl: 'http://127.0.0.1:4000/webhooks/twenty',
    forwardUrl: new URL('http://me:word@localhost:3000/x'),
    folder: '/tmp/kept',
    keep: 10_000,
    secrets: ['hidden'] as const,
  };
  for (const isJson of [true, false]) {
    const text = startLines(facts, { ...plain, isJson }).join('\n');
    expect(text).toContain('http://localhost:3000/x');
    expect(text).not.toMatch(/word|hidden/);
  }
});
