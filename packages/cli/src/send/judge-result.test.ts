import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../http/send-request.ts';
import { judgeControl, judgeResult } from './judge-result.ts';

const answer = (status: number, body = '', durationMs = 5): HttpResult => ({
  kind: 'answer',
  status,
  headers: {},
  body: Buffer.from(body),
  durationMs,
});
const refused: HttpResult = { kind: 'failure', code: 'ECONNREFUSED', durationMs: 1 };

describe.each([undefined, 'duplicate'] as const)('a genuine delivery (%s)', (twist) => {
  it('has to get a 200 in time', () => {
    expect(judgeResult(answer(200), twist)).toEqual({ verdict: 'right', reason: undefined });
    for (const result of [answer(200, '', 5_001), answer(202), answer(302), answer(401), answer(409), answer(500)]) {
      expect(judgeResult(result, twist)).toEqual({ verdict: 'wrong', reason: expect.any(String) });
    }
  });
});

describe.each([
  ['tamper', 'SIGNATURE_MISMATCH', /Accepts forgeries/],
  ['stale', 'TIMESTAMP_TOO_OLD', /Accepts replays/],
] as const)('a delivery with --%s', (twist, code, words) => {
  it('has to be refused', () => {
    expect(judgeResult(answer(401, JSON.stringify({ error: code })), twist).verdict).toBe('right');
    for (const status of [400, 401, 403, 422]) expect(judgeResult(answer(status), twist).verdict).toBe('right');
    // However long it took: there is no event to lose.
    expect(judgeResult(answer(401, '', 9_000), twist)).toEqual({ verdict: 'right', reason: undefined });
  });

  it('must not get a 2xx', () => {
    for (const status of [200, 202, 204]) {
      expect(judgeResult(answer(status), twist)).toEqual({ verdict: 'wrong', reason: expect.stringMatching(words) });
    }
  });

  it('was not looked at by what answers something else', () => {
    for (const status of [302, 402, 404, 405, 406, 409, 413, 418, 429, 500, 503]) {
      const reason = expect.stringMatching(/^Not refused for what is wrong with it/);
      expect(judgeResult(answer(status), twist)).toEqual({ verdict: 'wrong', reason });
    }
  });

  it('proves nothing if it is refused for another reason', () => {
    const body = JSON.stringify({ error: 'SIGNATURE_MISSING' });
    const reason = expect.stringContaining('401 SIGNATURE_MISSING');
    expect(judgeResult(answer(401, body), twist)).toEqual({ verdict: 'wrong', reason });
  });
});

it('says of a stale delivery that another secret hides whether the age is checked', () => {
  expect(judgeResult(answer(401, '{"error":"SIGNATURE_MISMATCH"}'), 'stale').verdict).toBe('wrong');
});

it.each([undefined, 'tamper', 'stale', 'duplicate'] as const)('cannot judge where nobody answers (%s)', (twist) => {
  expect(judgeResult(refused, twist)).toEqual({ verdict: 'unanswered', reason: expect.stringMatching(/^Nobody/) });
});

it('believes a refusal only of who accepts a genuine delivery', () => {
  expect(judgeControl(answer(200, '', 9_000))).toEqual({ verdict: 'right', reason: undefined });
  expect(judgeControl(answer(204)).verdict).toBe('right');
  expect(judgeControl(answer(401))).toEqual({ verdict: 'wrong', reason: expect.stringMatching(/prove nothing.*401/) });
  expect(judgeControl(answer(302)).verdict).toBe('wrong');
  expect(judgeControl(refused)).toEqual({ verdict: 'unanswered', reason: expect.stringMatching(/^Nobody/) });
});
