import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../http/send-request.ts';
import { diagnose } from './diagnose.ts';
import { judge } from './judge.ts';
import { makeFormatProbe, makeProbes, makeTamperedEnvelope } from './make-probes.ts';
import type { ProbeName, ProbeResult, ProbeResults } from './probe.ts';

interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly failure?: string;
  readonly durationMs?: number;
  readonly end?: ProbeResult['end'];
}
type Changes = { readonly [Name in ProbeName]?: Answer | number };

const settings = { secret: 'only for tests', event: 'person.created' };
const first = makeFormatProbe('server', settings);
const probes = [
  first,
  makeFormatProbe('envelope', settings),
  ...makeProbes('server', first, settings),
  makeTamperedEnvelope(settings),
];

/** The results of a right endpoint, but for some. `undefined` is a probe that was not sent. */
function resultsOf(changes: Changes, { isSilent = false } = {}): ProbeResults {
  return new Map(
    probes.map(({ name, sent, expects }) => {
      const given = changes[name];
      const change = typeof given === 'number' ? { status: given } : given;
      const known = ['replay', 'duplicate'].includes(name) && !isSilent ? 'duplicate' : 'ok';
      const { status = expects === 'refuse' ? 401 : 200, body = `{"status":"${known}"}`, headers = {} } = change ?? {};
      const durationMs = change?.durationMs ?? 3;
      const result: HttpResult =
        change?.failure === undefined
          ? { kind: 'answer', status, headers, body: new TextEncoder().encode(body), durationMs }
          : { kind: 'failure', code: change.failure, durationMs };
      return [name, { probe: { name, sent, expects }, result, end: change?.end }];
    }),
  );
}

const codes = (changes: Changes): readonly string[] =>
  diagnose(resultsOf(changes)).map(({ verdict, code }) => `${verdict} ${code}`);

const all = (answer: Answer): Changes => Object.fromEntries(probes.map(({ name }) => [name, answer]));

describe('one cause is one finding', () => {
  it.each<[what: string, findings: readonly string[], changes: Changes]>([
    ['a right endpoint', [], {}],
    ['takes forgeries, old ones too', ['fault ignores-signature'], { tampered: 200, unsigned: 200, stale: 200 }],
    ['takes what is old', ['fault ignores-staleness'], { stale: 200, future: 200 }],
    ['takes what is early', ['warning ignores-staleness'], { future: 200 }],
    ['a small limit', ['fault body-limit'], { 'large-150-kb': 413, 'large-2-mb': 413 }],
    ['a limit that cuts', ['fault body-limit'], { 'large-2-mb': { failure: 'EPIPE' } }],
    [
      'metadata are unknown as well',
      ['fault fails-on-unknown'],
      { 'unknown-event': 500, 'metadata-view': 500, 'metadata-object': 500, 'unknown-shape': 500 },
    ],
    [
      'metadata have no record, and others neither',
      ['fault fails-on-metadata'],
      { 'metadata-view': 500, 'metadata-object': 500, 'unknown-shape': 500 },
    ],
    ['only some metadata', ['fault fails-on-metadata'], { 'metadata-object': 500 }],
    ['only what has no record', ['fault fails-on-unknown'], { 'unknown-shape': 422 }],
    ['passes over what is no event', ['warning acknowledges-failures'], { 'not-an-event': 200 }],
    ['says 200 whatever happens', ['fault acknowledges-failures'], { 'not-an-event': 200, 'not-json': 200 }],
    ['never sends', ['fault too-slow'], all({ failure: 'TIMEOUT', durationMs: 15_000 })],
    ['gives up by itself', ['fault too-slow'], { 'metadata-view': { status: 503, durationMs: 4_600 } }],
    ['only starts slowly', ['warning slow'], { 'server-format': { durationMs: 6_000 } }],
    ['is close to the limit', ['warning slow'], { 'metadata-view': { durationMs: 4_000 } }],
    ['is slow to refuse', [], { tampered: { status: 401, durationMs: 6_000 } }],
    ['moved', ['fault redirects'], all({ status: 308, headers: { location: 'https://a.example/' } })],
    ['sends forgeries to its login page', [], { tampered: 302, unsigned: 302 }],
    ['died of a record', ['fault crashes'], { duplicate: { failure: 'ECONNRESET', end: 'gone' } }],
    [
      'came back after a signature',
      ['fault crashes'],
      { 'malformed-signature': { failure: 'ECONNRESET', end: 'restarted' } },
    ],
    ['died of metadata', ['fault fails-on-metadata'], { 'metadata-view': { failure: 'ECONNRESET', end: 'gone' } }],
    ['died after its 200 to metadata', ['fault fails-on-metadata'], { 'metadata-object': { end: 'gone' } }],
    [
      'died of one of several at once',
      ['fault crashes'],
      {
        'large-2-mb': { failure: 'ECONNRESET', end: 'gone' },
        'metadata-view': { failure: 'ECONNREFUSED', end: 'gone' },
        'unknown-event': { failure: 'ECONNRESET', end: 'gone' },
      },
    ],
    ['cuts what is forged', [], { tampered: { failure: 'ECONNRESET' }, unsigned: { failure: 'ECONNRESET' } }],
    ['refuses what is sent again unchanged', [], { replay: 401 }],
    ['takes the nonce for the event', ['fault dedupes-by-nonce'], { 'same-nonce': 409, replay: 409 }],
    [
      'takes the nonce for the event, and says so',
      ['fault dedupes-by-nonce'],
      { 'same-nonce': { body: '{"status":"duplicate"}' }, duplicate: { body: '{"status":"ok"}' } },
    ],
    ['two mistakes are two', ['fault re-serialises', 'fault ignores-staleness'], { 'original-bytes': 401, stale: 200 }],
  ])('%s', (_what, findings, changes) => {
    expect(codes(changes)).toEqual(findings);
  });

  it('does not take another answer for a known event', () => {
    const different = { 'same-nonce': { body: '{"status":"ok","id":"evt_0123456789abcdef0123456789abcdef"}' } };
    expect(
      codes({ 'server-format': { body: '{"status":"ok","id":"evt_ffffffffffffffffffffffffffffffff"}' }, ...different }),
    ).toEqual([]);
    expect(codes({ 'same-nonce': { body: 'Thanks' } })).toEqual([]);
  });
});

describe('what the table says', () => {
  const judged = (changes: Changes, name: ProbeName, options = {}) => {
    const results = resultsOf(changes, options);
    return judge(results, diagnose(results)).find((probe) => probe.name === name);
  };

  it('marks what follows, and says the fix once', () => {
    expect(judged({ tampered: 200, stale: 200 }, 'stale')).toMatchObject({
      verdict: 'fault',
      fault: 'ignores-signature',
      follows: true,
      twenty: 'follows from ignores-signature',
      fix: '',
    });
  });

  it('says what it cannot see', () => {
    const silent = { isSilent: true };
    expect(judged({}, 'duplicate', silent)?.twenty).toBe('delivered; more cannot be seen');
    expect(judged({}, 'duplicate')?.twenty).toBe('delivered, and known again');
  });

  it("names the receiver's own code, with what it means", () => {
    const error = { status: 500, body: '{"error":"BODY_ALREADY_PARSED"}' };
    const { twenty, fix } = judged({ 'server-format': error, 'envelope-format': error }, 'server-format') ?? {};
    expect(twenty).toBe('lost: it says BODY_ALREADY_PARSED');
    expect(fix).toContain('mount the receiver before body parsers');
  });

  it('shows no password of a redirect, and no control character', () => {
    const location = 'https://me:hidden@a.example/\x1b[2J';
    const { fix } = judged({ 'server-format': { status: 301, headers: { location } } }, 'server-format') ?? {};
    expect(fix).toContain('https://a.example/\\x1b[2J');
  });
});
