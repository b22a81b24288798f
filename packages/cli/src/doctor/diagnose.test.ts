import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../http/send-request.ts';
import { diagnose } from './diagnose.ts';
import { judge } from './judge.ts';
import { makeControl, makeFormatProbe, makeProbes, makeRefusalProbes, makeTamperedEnvelope } from './make-probes.ts';
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
  makeControl('server', settings),
];
/** What an endpoint gets that refuses what is genuine. */
const refusalProbes = [first, makeFormatProbe('envelope', settings), ...makeRefusalProbes('server', first, settings)];

/** The results of a right endpoint, but for some. */
function resultsOf(changes: Changes, { isSilent = false, sent: all = probes } = {}): ProbeResults {
  return new Map(
    all.map(({ name, sent, expects }) => {
      const given = changes[name];
      const change = typeof given === 'number' ? { status: given } : given;
      const known = ['replay', 'duplicate', 'rerun'].includes(name) && !isSilent ? 'duplicate' : 'ok';
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
const since = (from: ProbeName, answer: Answer): Changes =>
  Object.fromEntries(probes.slice(probes.findIndex(({ name }) => name === from)).map(({ name }) => [name, answer]));

const duplicate: Answer = { body: '{"status":"duplicate"}' };
const fresh: Answer = { body: '{"status":"ok"}' };
const empty: Answer = { status: 204, body: '' };
const failure: Answer = { body: '{"success":false,"error":"db down"}' };
const handlerFailed: Answer = { status: 500, body: '{"error":"HANDLER_FAILED"}' };
const page: Answer = { body: '<!doctype html><title>App</title>' };

describe('one cause is one finding', () => {
  it.each<[what: string, findings: readonly string[], changes: Changes]>([
    ['a right endpoint', [], {}],
    ['takes forgeries, old ones too', ['fault ignores-signature'], { tampered: 200, unsigned: 200, stale: 200 }],
    ['takes what is old', ['fault ignores-staleness'], { stale: 200, 'stale-day': 200, future: 200 }],
    ['takes what is a little old', ['warning ignores-staleness'], { stale: 200 }],
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
    ['never answers', ['fault unreachable'], all({ failure: 'TIMEOUT', durationMs: 12_000 })],
    [
      'never answers what is large, and is busy with the same again',
      ['fault too-slow'],
      { 'large-2-mb': { failure: 'TIMEOUT', durationMs: 12_000 }, duplicate: 409 },
    ],
    ['refuses slowly', ['fault re-serialises'], { 'original-bytes': { status: 401, durationMs: 6_000 } }],
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
    [
      'takes the nonce for the event',
      ['fault dedupes-by-nonce'],
      { 'same-nonce': 409, replay: 409, duplicate: fresh, rerun: fresh },
    ],
    ['also refuses nonces that it knows', [], { 'same-nonce': 401, replay: 401 }],
    [
      'takes the nonce for the event, and says so',
      ['fault dedupes-by-nonce'],
      { 'same-nonce': duplicate, duplicate: fresh, rerun: fresh },
    ],
    [
      'takes the nonce for the event, in other words than for the same request',
      ['fault dedupes-by-nonce'],
      { 'same-nonce': { body: 'seen 1' }, duplicate: fresh, rerun: fresh },
    ],
    [
      'takes the nonce for the event, and numbers its answers',
      ['fault dedupes-by-nonce'],
      {
        'same-nonce': duplicate,
        duplicate: { body: '{"status":"ok","no":"b"}' },
        rerun: { body: '{"status":"ok","no":"c"}' },
      },
    ],
    [
      'takes the nonce for the event, and answers as to the same request',
      ['fault dedupes-by-nonce'],
      { 'same-nonce': empty, replay: empty, duplicate: fresh, rerun: fresh },
    ],
    [
      'takes everything for the same',
      ['fault takes-new-for-known'],
      since('original-bytes', { status: 409, body: '{"s":"dup"}' }),
    ],
    ['takes the record for the event', ['fault takes-new-for-known'], { 'same-record': duplicate }],
    ['takes the moment for the event', ['fault takes-new-for-known'], { 'original-bytes': duplicate }],
    ['takes the date for a part of the event', ['warning misses-duplicates'], { rerun: fresh }],
    ['says 409 to a duplicate', ['fault duplicate-fails'], { duplicate: 409, rerun: 409 }],
    ['does not take what is deleted', ['fault fails-on-deleted'], { 'record-deleted': 500 }],
    ['does not take what is updated', ['fault fails-on-updated'], { 'record-updated': 500, 'same-record': 500 }],
    [
      'takes what is created only',
      ['fault fails-on-unknown'],
      { 'record-updated': 500, 'record-deleted': 500, 'unknown-event': 500 },
    ],
    ['refuses a value', ['fault rejects-genuine'], { 'large-150-kb': 422, 'large-2-mb': 422 }],
    ['fails on odd numbers', ['fault rejects-genuine'], { 'original-bytes': 500 }],
    ['fails on forgeries', ['warning errors-on-forgeries'], { 'malformed-signature': 500, tampered: 500 }],
    [
      'takes what is broken, and says so',
      ['fault acknowledges-failures'],
      { 'large-2-mb': { body: '{"error":"too large"}' } },
    ],
    [
      'says that nobody handles it',
      ['warning acknowledges-failures'],
      { 'unknown-event': failure, 'unknown-shape': failure },
    ],
    ['handles nothing, and says so', ['fault acknowledges-failures'], all(failure)],
    [
      'has a page for a GET, with an error',
      ['warning get-acknowledged'],
      { 'empty-get': { status: 200, body: '<p>error' } },
    ],
    ['has pages for everything', ['fault no-webhook-endpoint'], all({ ...page, status: 200 })],
    [
      'answers pages to what is posted',
      ['fault ignores-signature'],
      { ...all({ ...page, status: 200 }), 'empty-get': 405 },
    ],
    ['says 200 before it looks', ['fault ignores-signature'], { ...all({ status: 200, body: '' }), 'empty-get': 405 }],
    [
      'has lost its inbox',
      ['fault unavailable'],
      { ...since('replay', { status: 503, body: '{"error":"INBOX_UNAVAILABLE"}' }) },
    ],
    [
      'limits how many come, with 503',
      ['fault rate-limits'],
      since('stale', { status: 503, body: '<b>503 Service Temporarily Unavailable' }),
    ],
    ['limits how many come', ['fault rate-limits'], since('duplicate', { status: 429 })],
    [
      'had no inbox for a moment',
      ['fault rejects-genuine'],
      {
        duplicate: { status: 503, body: '{"error":"INBOX_UNAVAILABLE"}' },
        'large-2-mb': { status: 503, body: '{"error":"INBOX_UNAVAILABLE"}' },
      },
    ],
    [
      'limits how many come, but for a GET',
      ['fault rate-limits', 'warning get-acknowledged'],
      { ...since('stale', { status: 429 }), 'empty-get': 200 },
    ],
    [
      'has a handler that fails on metadata',
      ['fault fails-on-metadata'],
      { 'metadata-view': handlerFailed, 'metadata-object': handlerFailed },
    ],
    ['died a moment later', ['fault crashes'], { control: { failure: 'ECONNREFUSED', end: 'gone' } }],
    [
      'two mistakes are two',
      ['fault re-serialises', 'fault ignores-staleness'],
      { 'original-bytes': 401, stale: 200, 'stale-day': 200 },
    ],
  ])('%s', (_what, findings, changes) => {
    expect(codes(changes)).toEqual(findings);
  });

  it.each([
    'tampered',
    'tampered-envelope',
    'wrong-secret',
    'last-digit',
    'no-timestamp',
    'forged-local',
    'malformed-signature',
  ])('takes a forgery: %s', (name) => {
    expect(codes({ [name]: 200 })).toEqual(['fault ignores-signature']);
  });

  it.each(['unsigned', 'unsigned-local', 'empty-signature'])('takes what is not signed: %s', (name) => {
    expect(codes({ [name]: 200 })).toEqual(['fault accepts-unsigned']);
  });

  it.each<[what: string, code: string, text: RegExp, changes: Changes]>([
    ['nothing', 'rejects-genuine', /401/, {}],
    ["what the guide's code signs", 're-serialises', /guide/, { 'guide-code': 200 }],
    ['what Python would write', 're-serialises', /Verify the bytes/, { 'rewritten-bytes': 200 }],
    ['plain ASCII', 'rejects-genuine', /latin1/, { 'rewritten-bytes': 200, 'original-bytes': 200 }],
    ['what is forged as well', 'rejects-genuine', /401/, { 'rewritten-bytes': 200, tampered: 200 }],
  ])('refuses what is genuine, and takes %s', (_what, code, text, changes) => {
    const refused = Object.fromEntries(refusalProbes.map(({ name }) => [name, 401]));
    const [finding] = diagnose(resultsOf({ ...refused, ...changes }, { sent: refusalProbes }));
    expect(finding).toMatchObject({ code, probes: ['server-format', 'envelope-format'] });
    expect(finding?.fix + String(finding?.twenty)).toMatch(text);
  });

  it('does not take another answer for a known event', () => {
    const different = { 'same-nonce': { body: '{"status":"ok","id":"evt_0123456789abcdef0123456789abcdef"}' } };
    expect(
      codes({ 'server-format': { body: '{"status":"ok","id":"evt_ffffffffffffffffffffffffffffffff"}' }, ...different }),
    ).toEqual([]);
    expect(codes({ 'same-nonce': { body: 'Thanks' }, duplicate: fresh, rerun: fresh, replay: fresh })).toEqual([]);
    expect(codes({ 'original-bytes': { body: 'unknown, unseen, acknowledged' } })).toEqual([]);
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
    const { twenty, fix } = judged(all(error), 'server-format') ?? {};
    expect(twenty).toBe('lost: it says BODY_ALREADY_PARSED');
    expect(fix).toContain('mount the receiver before body parsers');
  });

  it('shows no password of a redirect, and no control character', () => {
    const location = 'https://me:hidden@a.example/\x1b[2J?token=hidden';
    const { fix } = judged({ 'server-format': { status: 301, headers: { location } } }, 'server-format') ?? {};
    expect(fix).toContain('https://a.example/\\x1b[2J.');
    expect(fix).not.toContain('hidden');
    const login = { status: 302, headers: { location: '/login?next=/' } };
    expect(judged({ 'server-format': login }, 'server-format')?.fix).toContain('without a login');
  });

  it('quotes text, without what may be secret, but no pages', () => {
    const fixOf = (body: string) => judged({ 'original-bytes': { status: 500, body } }, 'original-bytes')?.fix;
    expect(fixOf('No table "x"')).toContain('It said: No table "x"');
    expect(fixOf(`expected ${'0a'.repeat(20)}`)).toContain('It said: expected ••••••••');
    expect(fixOf('<html>Error')).not.toContain('html');
  });
});
