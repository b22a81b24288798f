import { describe, expect, test } from 'vitest';
import type { FailureCode, RejectionCode } from './errors.ts';
import { type Answer, type Outcome, outcomeTable, reasonOf, toAnswer } from './outcome.ts';

// A copy of the table in the design, by hand, so that a change of one has to be meant.
const statuses: Record<RejectionCode | FailureCode, number> = {
  BODY_EMPTY: 400,
  BODY_NOT_UTF8: 400,
  BODY_NOT_JSON: 400,
  BODY_NOT_EVENT: 400,
  BODY_INCOMPLETE: 400,
  SIGNATURE_MISSING: 401,
  SIGNATURE_MALFORMED: 401,
  SIGNATURE_MISMATCH: 401,
  TIMESTAMP_MISSING: 401,
  TIMESTAMP_MALFORMED: 401,
  TIMESTAMP_TOO_OLD: 401,
  TIMESTAMP_IN_FUTURE: 401,
  METHOD_NOT_ALLOWED: 405,
  BODY_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  CONTENT_ENCODING_UNSUPPORTED: 415,
  EVENT_INVALID: 422,
  HANDLER_FAILED: 500,
  BODY_ALREADY_PARSED: 500,
  INBOX_UNAVAILABLE: 503,
  HANDLER_TIMEOUT: 503,
  SECRET_UNAVAILABLE: 503,
};
const moreHeaders: Partial<Record<RejectionCode | FailureCode, Record<string, string>>> = {
  METHOD_NOT_ALLOWED: { allow: 'POST' },
  BODY_TIMEOUT: { connection: 'close' },
  BODY_TOO_LARGE: { connection: 'close' },
};
const json = { 'content-type': 'application/json' };

const answer = (outcome: object): Answer => toAnswer(outcome as Outcome);

describe('toAnswer', () => {
  test.each(Object.entries(statuses))('%s: %d', (code, status) => {
    const outcome = {
      status: status >= 500 ? 'failed' : 'rejected',
      code,
      reason: 'canary',
      cause: 'canary',
      event: { id: 'canary' },
    };
    expect(answer(outcome)).toEqual({
      status,
      headers: { ...json, ...moreHeaders[code as RejectionCode] },
      body: `{"error":"${code}"}`,
    });
  });

  test.each([
    ['handled', 200],
    ['accepted', 200],
    ['duplicate', 200],
    ['ignored', 200],
    ['busy', 409],
  ])('%s: %d', (status, code) => {
    const event = { id: 'canary', data: 'canary' };
    expect(answer({ status, id: 'evt_1', event, delivery: { nonce: 'canary' } })).toEqual({
      status: code,
      headers: json,
      body: `{"status":"${status}","id":"evt_1"}`,
    });
    expect(answer({ status, id: undefined, event }).body).toBe(`{"status":"${status}"}`);
  });

  test('an id that is free text stays inside its quotes', () => {
    const id = '"},{"x":"\n</script>\u2028';
    expect(JSON.parse(answer({ status: 'handled', id }).body)).toEqual({ status: 'handled', id });
  });

  test('one answer does not change the next', () => {
    const first = answer({ status: 'handled', id: 'a' });
    Reflect.set(first.headers, 'allow', 'GET');
    expect(answer({ status: 'rejected', code: 'METHOD_NOT_ALLOWED' }).headers).toEqual({ ...json, allow: 'POST' });
    expect(answer({ status: 'handled', id: 'a' }).headers).toEqual(json);
  });
});

test('no failure and no refusal is a 2xx, and nothing else is none', () => {
  for (const [name, [status]] of Object.entries(outcomeTable)) {
    const isGood = ['handled', 'accepted', 'duplicate', 'ignored'].includes(name);
    expect(status >= 200 && status < 300).toBe(isGood);
  }
});

test('the table has every code once, with its status', () => {
  const codes = Object.entries(outcomeTable).filter(([name]) => name === name.toUpperCase());
  expect(Object.fromEntries(codes.map(([name, [status]]) => [name, status]))).toEqual(statuses);
});

test('every code has a meaning of its own', () => {
  const reasons = Object.keys(statuses).map((code) => reasonOf(code as RejectionCode));
  for (const reason of reasons) expect(reason).toMatch(/^\S.{10,}\S$/);
  expect(new Set(reasons).size).toBe(reasons.length);
});
