import { outcomeTable } from '@twenty-webhooks/core';
import { expect, it } from 'vitest';
import { forwardVerdict } from './forward-verdict.ts';
import { delivery } from './testdata/delivery.ts';
import { verdictOf } from './verdict.ts';

it('says of every outcome what it is, in words and not by colour alone', () => {
  const marks = { genuine: '✓', duplicate: '=', refused: '✗', failed: '!', unverified: '?' };
  for (const [name, [status, meaning]] of Object.entries(outcomeTable)) {
    const isCode = /^[A-Z_]+$/.test(name);
    const verdict = verdictOf(
      delivery({
        id: 1,
        status: isCode ? (status >= 500 ? 'failed' : 'rejected') : name,
        code: isCode ? name : undefined,
        reason: isCode ? meaning : undefined,
      }),
    );
    expect(verdict.mark, name).toBe(marks[verdict.kind]);
    expect(verdict.word, name).toBe(name);
    expect(verdict.explanation, name).toMatch(/^[A-Z].+[.?]$/);
  }
});

it('does not call genuine what nobody verified', () => {
  expect(verdictOf(delivery({ id: 1, scheme: 'unsigned' }))).toMatchObject({ kind: 'unverified', mark: '?' });
  expect(verdictOf(delivery({ id: 1, scheme: 'unsigned', status: 'duplicate' })).kind).toBe('duplicate');
});

it('says what to do about a signature that does not fit', () => {
  const { fix } = verdictOf(delivery({ id: 1, status: 'rejected', code: 'SIGNATURE_MISMATCH' }));
  expect(fix).toMatch(/secret.+twenty-webhooks verify/);
  expect(verdictOf(delivery({ id: 1 })).fix).toBeUndefined();
});

const answer = { url: 'http://localhost/', status: 200, durationMs: 12, error: undefined, reason: undefined, body: '' };

it.each([
  ['a 200 in time', {}, undefined, 'good'],
  ['a 200 after Twenty hung up', { durationMs: 5_001 }, undefined, 'bad'],
  ['a 201', { status: 201 }, undefined, 'bad'],
  ['no answer', { status: undefined, error: 'ECONNREFUSED' }, undefined, 'bad'],
  ['a forgery that was taken', {}, 'SIGNATURE_MISMATCH', 'bad'],
  ['an old one that was taken', { status: 204 }, 'TIMESTAMP_TOO_OLD', 'bad'],
  ['a forgery that was refused', { status: 401 }, 'SIGNATURE_MISMATCH', 'plain'],
  ['a forgery that led to a fault', { status: 500 }, 'SIGNATURE_MISMATCH', 'bad'],
  ['a genuine one that was refused', { status: 401 }, undefined, 'bad'],
  ['a genuine one without an event that was taken', {}, 'BODY_NOT_EVENT', 'good'],
  ['a genuine one without an event that was refused', { status: 400 }, 'BODY_NOT_EVENT', 'plain'],
  ['a GET that was refused', { status: 405 }, 'METHOD_NOT_ALLOWED', 'plain'],
  ['a forgery that met no path', { status: 404 }, 'SIGNATURE_MISMATCH', 'bad'],
  ['a forgery that met a rate limit', { status: 429 }, 'SIGNATURE_MISMATCH', 'bad'],
  ['a GET that met no path', { status: 404 }, 'METHOD_NOT_ALLOWED', 'bad'],
])('judges %s', (_, result, refusal, kind) => {
  expect(forwardVerdict({ ...answer, ...result }, refusal).kind).toBe(kind);
});

it('keeps the reason of what refuses for another reason, and says what else a mismatch may mean', () => {
  expect(forwardVerdict({ ...answer, status: 404, reason: 'no path' }, 'SIGNATURE_MISMATCH').reason).toBe('no path');
  expect(forwardVerdict(answer, 'SIGNATURE_MISMATCH').reason).toContain('another secret');
  expect(forwardVerdict(answer, 'TIMESTAMP_TOO_OLD').reason).not.toContain('another secret');
});
