import { outcomeTable } from '@twenty-webhooks/core';
import { describe, expect, it } from 'vitest';
import { explainResult } from './explain-result.ts';
import type { HttpAnswer } from './send-request.ts';

function answer({ body = '', ...rest }: Partial<Omit<HttpAnswer, 'body'>> & { readonly body?: string }): HttpAnswer {
  return { kind: 'answer', status: 200, headers: {}, durationMs: 12, ...rest, body: Buffer.from(body) };
}
const failure = (code: string, durationMs = 3) => ({ kind: 'failure', code, durationMs }) as const;

describe('an answer', () => {
  it('needs no words if it is a 200 within 5 seconds, whatever it says', () => {
    expect(explainResult(answer({}))).toBeUndefined();
    expect(explainResult(answer({ body: '{"error":"HANDLER_FAILED"}', durationMs: 5_000 }))).toBeUndefined();
  });

  it('is too late after 5 seconds', () => {
    expect(explainResult(answer({ durationMs: 5_540 }))).toMatch(
      /^Answered 200 after 5\.5 s, but Twenty hangs up after 5 s/,
    );
    expect(explainResult(answer({ status: 503, durationMs: 6_000 }))).toMatch(/^503, .* It also took 6\.0 s/);
  });

  it.each([
    [201, /exactly 200/],
    [204, /exactly 200/],
    [304, /exactly 200/],
    [400, /parser/],
    [401, /secret/],
    [403, /secret/],
    [404, /nothing at this path/],
    [405, /POST/],
    [408, /waited for the body/],
    [409, /busy/],
    [413, /larger/],
    [415, /application\/json/],
    [418, /refuses/],
    [422, /schema/],
    [429, /rate limit/],
    [500, /handler threw/],
    [502, /proxy/],
    [503, /not available/],
    [504, /proxy/],
    [522, /server failed/],
  ])('with status %i has its own reason', (status, words) => {
    const reason = explainResult(answer({ status }));
    expect(reason).toMatch(words);
    expect(reason).toContain(String(status));
  });

  it('that wants a login is not a wrong secret', () => {
    const headers = { 'www-authenticate': 'Basic realm="x"' };
    expect(explainResult(answer({ status: 401, headers }))).toMatch(/login/);
    expect(explainResult(answer({ status: 401, headers }))).not.toMatch(/realm/);
  });

  it('of a receiver of this project is explained by its own table', () => {
    for (const [code, [status, meaning]] of Object.entries(outcomeTable)) {
      if (status === 200) continue;
      const body = JSON.stringify(code === 'busy' ? { status: code } : { error: code });
      expect(explainResult(answer({ status, body }))).toBe(
        `${status} ${code}: ${meaning}${meaning.endsWith('?') ? '' : '.'}`,
      );
    }
  });

  it.each(['{"error":"hasOwnProperty"}', '{"error":"SIGNATURE_MISMATCH"', '[]', 'null', '{"error":7}', '\x1b]0;x\x07'])(
    'puts none of its own words into the reason: %j',
    (body) => {
      expect(explainResult(answer({ status: 404, body }))).toBe(explainResult(answer({ status: 404 })));
    },
  );

  it('has a code only with the status that goes with it', () => {
    const body = '{"error":"SIGNATURE_MISMATCH"}';
    expect(explainResult(answer({ status: 500, body }))).not.toMatch(/SIGNATURE_MISMATCH/);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303])('%i loses the event', (status) => {
    expect(explainResult(answer({ status, headers: { location: 'https://a.example/b' } }))).toMatch(
      /redirected to https:\/\/a\.example\/b: .*empty GET, so the event is lost/,
    );
  });

  it.each([307, 308])('%i does not, but costs', (status) => {
    const reason = explainResult(answer({ status, headers: { location: 'https://a.example/b' } }));
    expect(reason).toMatch(/redirected to https:\/\/a\.example\/b: .*same POST/);
    expect(reason).not.toMatch(/lost/);
  });

  it.each([
    ['https://user:word@a.example:8443/b/?token=t#f', 'https://a.example:8443/b/'],
    ['/login?next=%2Fwebhooks', '/login'],
    ['//a.example/b?c', '//a.example/b'],
    ['/a\x1b[2J\u202eb', '/a%1B[2J%E2%80%AEb'],
    ['javascript:alert(1)', 'another URL'],
    ['http://[', 'another URL'],
    [`/${'a'.repeat(300)}`, `/${'a'.repeat(199)}…`],
  ])('to %j is said to lead to %j', (location, target) => {
    const reason = explainResult(answer({ status: 302, headers: { location } }));
    expect(reason).toContain(`redirected to ${target}: `);
    expect(reason).not.toMatch(/word|token|next=/);
  });

  it('to nowhere is one too', () => {
    expect(explainResult(answer({ status: 302 }))).toContain('redirected to another URL: ');
  });
});

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', /Nobody listens on that port/],
    ['ENOTFOUND', /no host of that name/],
    ['EAI_AGAIN', /looked up/],
    ['ECONNRESET', /cut before the answer/],
    ['EPIPE', /cut before the answer/],
    ['EHOSTUNREACH', /cannot be reached/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate .*DEPTH_ZERO_SELF_SIGNED_CERT/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /certificate/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /certificate/],
    ['CERT_HAS_EXPIRED', /certificate/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/],
    ['EPROTO', /does not speak https/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak https/],
    ['HPE_INVALID_CONSTANT', /not HTTP/],
    ['HPE_HEADER_OVERFLOW', /headers are larger/],
    ['ABORT_ERR', /Cancelled/],
    ['toString', /^No answer \(toString\)/],
  ])('%s', (code, words) => {
    expect(explainResult(failure(code))).toMatch(words);
  });

  it('within the time limit says how long that was', () => {
    expect(explainResult(failure('TIMEOUT', 30_002))).toMatch(/^No answer within 30 s, and Twenty waits only 5 s/);
  });
});
