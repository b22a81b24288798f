import { describe, expect, test, vi } from 'vitest';
import { immediate } from '#crypto';
import type { HandlerContext } from './handler.ts';
import type { Observation } from './observation.ts';
import type { ReceiverOptions } from './options.ts';
import { type Answer, type Outcome, toAnswer } from './outcome.ts';
import { bodyError } from './read-body.ts';
import { createReceiver, type ReceivedRequest } from './receiver.ts';
import type { HeadersLike } from './request-head.ts';
import {
  createLog,
  createThenable,
  delivery,
  envelopeBody,
  metadataBody,
  nowMs,
  secret,
  serverBody,
  signPlain,
  signTimestamped,
  toBytes,
  untilTimeIsUp,
} from './testdata/deliveries.ts';

const receiverOf = (options: Partial<ReceiverOptions> = {}) =>
  createReceiver({ secret, now: () => nowMs, logger: createLog(), ...options } as ReceiverOptions);

const receive = (request: ReceivedRequest, options: Partial<ReceiverOptions> = {}): Promise<Outcome> =>
  receiverOf(options).receive(request);

const body = toBytes(JSON.stringify(serverBody('person.created')));
const genuine = delivery(body);
const handled = { on: { '*': () => {} } };

describe('every code, from the request to the answer', () => {
  const signed = (bytes: string | number[]) =>
    delivery(typeof bytes === 'string' ? toBytes(bytes) : Uint8Array.from(bytes));
  const at = (ms: number) => delivery(body, { headers: signTimestamped(body, secret, ms) });
  const refusing = (code: Parameters<typeof bodyError>[0]) => ({
    ...genuine,
    body: () => Promise.reject(bodyError(code)),
  });
  const never = () => new Promise<never>(() => {});
  const store = { claim: () => Promise.reject(new Error('down')), extend: never, complete: never, release: never };
  const schema = {
    '~standard': { version: 1 as const, vendor: 'x', validate: () => ({ issues: [{ message: 'no' }] }) },
  };

  test.each<[code: string, status: number, request: ReceivedRequest, options?: Partial<ReceiverOptions>]>([
    ['METHOD_NOT_ALLOWED', 405, { ...genuine, method: 'GET' }],
    ['CONTENT_ENCODING_UNSUPPORTED', 415, { ...genuine, headers: { ...genuine.headers, 'content-encoding': 'gzip' } }],
    ['BODY_TOO_LARGE', 413, genuine, { maxBodyBytes: body.length - 1 }],
    ['BODY_TIMEOUT', 408, refusing('BODY_TIMEOUT')],
    ['BODY_INCOMPLETE', 400, refusing('BODY_INCOMPLETE')],
    ['BODY_EMPTY', 400, signed('')],
    ['SIGNATURE_MISSING', 401, { ...genuine, headers: {} }],
    ['SIGNATURE_MALFORMED', 401, { ...genuine, headers: { ...genuine.headers, 'x-twenty-webhook-signature': 'x' } }],
    ['SIGNATURE_MISMATCH', 401, genuine, { secret: 'other' }],
    ['TIMESTAMP_MISSING', 401, { ...genuine, headers: { ...genuine.headers, 'x-twenty-webhook-timestamp': '' } }],
    ['TIMESTAMP_MALFORMED', 401, { ...genuine, headers: { ...genuine.headers, 'x-twenty-webhook-timestamp': 'x' } }],
    ['TIMESTAMP_TOO_OLD', 401, at(nowMs - 300_001)],
    ['TIMESTAMP_IN_FUTURE', 401, at(nowMs + 300_001)],
    ['BODY_NOT_UTF8', 400, signed([0x7b, 0xff, 0x7d])],
    ['BODY_NOT_JSON', 400, signed('{')],
    ['BODY_NOT_EVENT', 400, signed('{}')],
    ['EVENT_INVALID', 422, genuine, { schemas: { person: schema } }],
    ['BODY_ALREADY_PARSED', 500, refusing('BODY_ALREADY_PARSED')],
    ['HANDLER_FAILED', 500, genuine, { on: { '*': () => Promise.reject(new Error('no')) } as never }],
    ['HANDLER_TIMEOUT', 503, genuine],
    ['INBOX_UNAVAILABLE', 503, genuine, { ...(handled as object), idempotency: store }],
    ['SECRET_UNAVAILABLE', 503, genuine, { secret: () => Promise.reject(new Error('no')) }],
  ])('%s, %d', async (code, status, request, options) => {
    const take = (on: object): Promise<Outcome> => receive(request, { ...on, ...options });
    const outcome = await (code === 'HANDLER_TIMEOUT'
      ? untilTimeIsUp((handler) => take({ on: { '*': handler } }))
      : take(handled));
    expect(outcome).toMatchObject({ status: status >= 500 ? 'failed' : 'rejected', code, reason: /\w+/ });
    const answer = toAnswer(outcome);
    expect(answer).toMatchObject({ status, body: JSON.stringify({ error: code }) });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers.allow).toBe(code === 'METHOD_NOT_ALLOWED' ? 'POST' : undefined);
    expect(answer.headers.connection).toBe(status === 408 || status === 413 ? 'close' : undefined);
  });
});

describe('every good end', () => {
  const answerOf = async (outcome: Promise<Outcome>): Promise<Answer> => toAnswer(await outcome);

  test('handled', async () => {
    const outcome = await receive(genuine, handled as never);
    expect(outcome).toEqual({
      status: 'handled',
      id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      event: expect.objectContaining({ event: 'person.created' }),
      delivery: {
        receivedAtMs: nowMs,
        scheme: 'timestamped',
        secretIndex: 0,
        signedAtMs: nowMs,
        nonce: '097c23f4aa10504a418b4b66e7bfe22a',
      },
    });
    expect(await answerOf(receive(genuine, handled as never))).toMatchObject({
      status: 200,
      body: `{"status":"handled","id":"${(outcome as { id: string }).id}"}`,
    });
  });

  test('ignored, with the id only where it costs nothing', async () => {
    const options = { on: { 'company.*': () => {} } } as never;
    expect(await receive(genuine, options)).toMatchObject({
      status: 'ignored',
      event: { kind: 'record' },
      delivery: { scheme: 'timestamped' },
    });
    const id = immediate ? {} : { id: expect.stringMatching(/^evt_/) };
    expect(JSON.parse((await answerOf(receive(genuine, options))).body)).toEqual({ status: 'ignored', ...id });
    const envelope = toBytes(JSON.stringify(envelopeBody('person.created')));
    const plain = delivery(envelope, { headers: signPlain(envelope) });
    expect(await answerOf(receive(plain, options))).toMatchObject({
      status: 200,
      body: '{"status":"ignored","id":"event-1"}',
    });
  });

  test('duplicate', async () => {
    const receiver = receiverOf(handled as never);
    const { id } = (await receiver.receive(genuine)) as { id: string };
    expect(toAnswer(await receiver.receive(genuine))).toMatchObject({
      status: 200,
      body: `{"status":"duplicate","id":"${id}"}`,
    });
    const again = delivery(serverBody('person.created', { eventDate: 'later' }));
    expect(await receiver.receive(again)).toMatchObject({ status: 'duplicate', id });
  });

  test('busy', async () => {
    const store = {
      claim: async () => ({ state: 'busy' as const }),
      extend: async () => false,
      complete: async () => false,
      release: async () => false,
    };
    expect(toAnswer(await receive(genuine, { ...(handled as object), idempotency: store }))).toMatchObject({
      status: 409,
      body: /"busy"/,
    });
  });
});

describe('order of the steps', () => {
  /** Wrong in every respect; each line puts one thing right, and the next step is reached. */
  test('method, encoding, size, bytes, headers, signature, time, UTF-8, JSON, event', async () => {
    const options = { maxBodyBytes: 100_000 };
    const stale = nowMs - 1_000_000;
    const bad = Uint8Array.from([0x7b, 0xff]);
    const headers = (bytes: Uint8Array, key: string, ms: number) => signTimestamped(bytes, key, ms);
    const encoded = { 'content-encoding': 'gzip' };
    const large = new Uint8Array(100_001);
    const request = (more: Partial<ReceivedRequest>) => ({
      method: 'POST',
      url: '/',
      headers: {},
      body: large,
      ...more,
    });
    const steps: [code: string, request: ReceivedRequest][] = [
      ['METHOD_NOT_ALLOWED', request({ method: 'PUT', headers: encoded })],
      ['CONTENT_ENCODING_UNSUPPORTED', request({ headers: encoded })],
      ['BODY_TOO_LARGE', request({ headers: {} })],
      ['BODY_EMPTY', request({ body: new Uint8Array() })],
      ['SIGNATURE_MISSING', request({ body: bad })],
      ['SIGNATURE_MISMATCH', request({ body: bad, headers: headers(bad, 'other', stale) })],
      ['TIMESTAMP_TOO_OLD', request({ body: bad, headers: headers(bad, secret, stale) })],
      ['BODY_NOT_UTF8', request({ body: bad, headers: headers(bad, secret, nowMs) })],
      ['BODY_NOT_JSON', delivery('{')],
      ['BODY_NOT_EVENT', delivery('{}')],
    ];
    for (const [code, one] of steps) expect(await receive(one, options)).toMatchObject({ code });
  });

  test('a request that is refused by its head is not read', async () => {
    const read = vi.fn(async () => body);
    const refused: Partial<ReceivedRequest>[] = [
      { method: 'GET' },
      { headers: { ...genuine.headers, 'content-encoding': 'br' } },
      { headers: { ...genuine.headers, 'content-length': String(5 * 1024 * 1024 + 1) } },
    ];
    for (const part of refused)
      expect(await receive({ ...genuine, ...part, body: read })).toMatchObject({ status: 'rejected' });
    expect(read).not.toHaveBeenCalled();
  });

  test('what is not genuine is not parsed', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    await receive(genuine, { secret: 'other' });
    await receive({ ...genuine, headers: {} });
    await receive(delivery(body, { headers: signTimestamped(body, secret, 1) }));
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  test('the secret function is not asked about what has no well-formed signature', async () => {
    const resolve = vi.fn(() => secret);
    await receive({ ...genuine, headers: {} }, { secret: resolve });
    await receive({ ...genuine, method: 'GET' }, { secret: resolve });
    await receive({ ...genuine, body: new Uint8Array() }, { secret: resolve });
    expect(resolve).not.toHaveBeenCalled();
  });
});

describe('method and content-encoding', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', 'POST ', ''])('%j is not allowed', async (method) => {
    expect(await receive({ ...genuine, method })).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  test.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip', 'x-identity', ' gzip'])(
    '%j is not supported',
    async (encoding) => {
      const headers = { ...genuine.headers, 'content-encoding': encoding };
      expect(await receive({ ...genuine, headers })).toMatchObject({ code: 'CONTENT_ENCODING_UNSUPPORTED' });
    },
  );

  test.each(['', 'identity', 'Identity'])('%j is none', async (encoding) => {
    const headers = { ...genuine.headers, 'content-encoding': encoding };
    expect(await receive({ ...genuine, headers })).toMatchObject({ status: 'ignored' });
  });
});

describe('size', () => {
  test('exactly maxBodyBytes is fine, one more is not', async () => {
    expect(await receive(genuine, { maxBodyBytes: body.length })).toMatchObject({ status: 'ignored' });
    expect(await receive(genuine, { maxBodyBytes: body.length - 1 })).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('is counted in bytes', async () => {
    const text = JSON.stringify(serverBody('person.created', { note: '🚀🚀🚀' }));
    expect(await receive(delivery(text), { maxBodyBytes: text.length })).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('the reader gets the limits, and is not believed', async () => {
    const read = vi.fn(async () => body);
    expect(await receive({ ...genuine, body: read }, { maxBodyBytes: 9_999, bodyTimeoutMs: 77 })).toMatchObject({
      status: 'ignored',
    });
    expect(read).toHaveBeenCalledExactlyOnceWith({ maxBytes: 9_999, timeoutMs: 77 });
    expect(await receive({ ...genuine, body: read }, { maxBodyBytes: 10 })).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('5 MiB by default', async () => {
    const read = vi.fn(async () => body);
    await receive({ ...genuine, body: read });
    expect(read).toHaveBeenCalledExactlyOnceWith({ maxBytes: 5 * 1024 * 1024, timeoutMs: 10_000 });
  });

  test('a content-length that lies or is none does no harm', async () => {
    for (const length of ['0', '1', '-1', 'abc', '', '1e99', '5, 5']) {
      const headers = { ...genuine.headers, 'content-length': length };
      const outcome = await receive({ ...genuine, headers, body: async () => body });
      expect(outcome).toMatchObject(length === '1e99' ? { code: 'BODY_TOO_LARGE' } : { status: 'ignored' });
    }
  });
});

describe('programming errors', () => {
  test('a reader that fails otherwise than it promises', async () => {
    const error = new TypeError('bug');
    await expect(receive({ ...genuine, body: () => Promise.reject(error) })).rejects.toBe(error);
    await expect(
      receive({
        ...genuine,
        body: () => {
          throw error;
        },
      }),
    ).rejects.toBe(error);
  });

  test.each<[what: string, body: unknown]>([
    ['an object', { eventName: 'person.created' }],
    ['an object that looks like an outcome', { code: 'handled', status: 'handled' }],
    ['nothing', undefined],
    ['null', null],
    ['text', new TextDecoder().decode(body)],
    ['a list', [1, 2, 3]],
    ['an ArrayBuffer', body.buffer],
  ])('a body that is no bytes: %s', async (_, wrong) => {
    await expect(receive({ ...genuine, body: wrong as never })).rejects.toThrow();
    await expect(receive({ ...genuine, body: async () => wrong as never })).rejects.toThrow();
  });
});

describe('secret resolver', () => {
  const good = { status: 'ignored' };

  test.each<[what: string, resolve: () => unknown, index: number]>([
    ['a text', () => secret, 0],
    ['a promise', async () => secret, 0],
    ['a list', () => ['other', secret], 1],
    ['a promise of a list', async () => ['a', 'b', secret], 2],
    ['a thenable', () => createThenable((done: (value: string) => void) => done(secret)), 0],
  ])('that gives %s', async (_, resolve, secretIndex) => {
    expect(await receive(genuine, { secret: resolve as never })).toMatchObject({ ...good, delivery: { secretIndex } });
  });

  test.each<[what: string, value: unknown]>([
    ['none', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an empty list', []],
    ['empty ones', ['', '']],
    ['another', 'other'],
  ])('that gives %s: nothing is genuine', async (_, value) => {
    expect(await receive(genuine, { secret: () => value as never })).toMatchObject({ code: 'SIGNATURE_MISMATCH' });
    const forged = delivery(body, { headers: signTimestamped(body, '') });
    expect(await receive(forged, { secret: () => value as never })).toMatchObject({ code: 'SIGNATURE_MISMATCH' });
  });

  test.each<[what: string, value: unknown, guesses: string[]]>([
    ['an object', { secret }, ['[object Object]', '']],
    ['an empty array-like', { length: 0 }, ['[object Object]', '']],
    ['a number', 5, ['5', '']],
    ['a boolean', true, ['true', '']],
    ['bytes', toBytes(secret), [secret, '', String(toBytes(secret))]],
    ['an object in a list', [{ secret }], ['[object Object]', '']],
    ['a list in a list', [['a', 'b']], ['a,b', '']],
    ['an array buffer', new ArrayBuffer(0), ['[object ArrayBuffer]', '']],
  ])('that gives what is no text, %s, lets nobody in', async (_, value, guesses) => {
    for (const guess of guesses) {
      const forged = delivery(body, { headers: signTimestamped(body, guess) });
      expect(await receive(forged, { secret: () => value as never })).toMatchObject({ code: 'SECRET_UNAVAILABLE' });
    }
  });

  test('that throws or rejects', async () => {
    const cause = new Error('no database');
    const fails = { status: 'failed', code: 'SECRET_UNAVAILABLE', cause };
    expect(await receive(genuine, { secret: () => Promise.reject(cause) })).toMatchObject(fails);
    expect(
      await receive(genuine, {
        secret: () => {
          throw cause;
        },
      }),
    ).toMatchObject(fails);
  });

  test('that never answers', async () => {
    vi.useFakeTimers();
    const outcome = receive(genuine, { secret: () => new Promise(() => {}), handlerTimeoutMs: 1_000 });
    const settled = vi.fn();
    void outcome.then(settled);
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toMatchObject({ status: 'failed', code: 'SECRET_UNAVAILABLE' });
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('gets URL and headers, and no body', async () => {
    const resolve = vi.fn((_: { readonly url: string; readonly headers: HeadersLike }) => secret);
    await receive({ ...genuine, url: '/tenants/7?x=1' }, { secret: resolve });
    expect(resolve).toHaveBeenCalledExactlyOnceWith({ url: '/tenants/7?x=1', headers: genuine.headers });
  });

  test('is asked each time, and each tenant has its own', async () => {
    const receiver = receiverOf({ secret: ({ url }) => (url === '/a' ? 'secret-a' : 'secret-b') });
    const from = (url: string, key: string) =>
      receiver.receive(delivery(body, { url, headers: signTimestamped(body, key) }));
    expect(await from('/a', 'secret-a')).toMatchObject(good);
    expect(await from('/b', 'secret-b')).toMatchObject(good);
    expect(await from('/b', 'secret-a')).toMatchObject({ code: 'SIGNATURE_MISMATCH' });
  });
});

describe("unsigned: 'accept'", () => {
  const open = { secret: undefined, unsigned: 'accept' as const };

  test('takes everything, and says that it was unsigned', async () => {
    const unsigned = { scheme: 'unsigned', secretIndex: undefined, signedAtMs: undefined };
    expect(await receive({ ...genuine, headers: {} }, open)).toMatchObject({ status: 'ignored', delivery: unsigned });
    expect(
      await receive({ ...genuine, headers: { ...genuine.headers, 'x-twenty-webhook-signature': 'wrong' } }, open),
    ).toMatchObject({
      status: 'ignored',
      delivery: unsigned,
    });
  });

  test('still refuses what is no event', async () => {
    expect(await receive(delivery('{}', { headers: {} }), open)).toMatchObject({ code: 'BODY_NOT_EVENT' });
    expect(await receive({ ...genuine, method: 'GET' }, open)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  test("'reject' is the default", async () => {
    expect(await receive({ ...genuine, headers: {} })).toMatchObject({ code: 'SIGNATURE_MISSING' });
  });
});

describe('signatures and toleranceSeconds', () => {
  const plain = delivery(body, { headers: signPlain(body) });

  test('are those of the options', async () => {
    expect(await receive(plain)).toMatchObject({
      delivery: { scheme: 'plain', signedAtMs: undefined, nonce: undefined },
    });
    expect(await receive(plain, { signatures: ['timestamped'] })).toMatchObject({ code: 'SIGNATURE_MISSING' });
    expect(await receive(genuine, { signatures: ['plain'] })).toMatchObject({ code: 'SIGNATURE_MISSING' });
  });

  test.each([
    [-2_000, 'ignored'],
    [-2_001, 'TIMESTAMP_TOO_OLD'],
    [2_000, 'ignored'],
    [2_001, 'TIMESTAMP_IN_FUTURE'],
  ])('signed %d ms from now: %s', async (offset, expected) => {
    const request = delivery(body, { headers: signTimestamped(body, secret, nowMs + offset) });
    const outcome = await receive(request, { toleranceSeconds: 2 });
    expect('code' in outcome ? outcome.code : outcome.status).toBe(expected);
  });

  test('time is taken when the request comes in, not after its body', async () => {
    let clock = nowMs;
    const slow = async () => {
      clock += 1_000_000;
      return body;
    };
    expect(await receive({ ...genuine, body: slow }, { now: () => clock })).toMatchObject({
      status: 'ignored',
      delivery: { receivedAtMs: nowMs },
    });
  });
});

describe('on', () => {
  test('adds handlers, with a name and fields or without, and chains', async () => {
    const ran: string[] = [];
    const receiver = receiverOf({ on: { 'person.updated': () => ran.push('map') } as never });
    const same = receiver
      .on('person.*', () => ran.push('wildcard'))
      .on('person.updated', { name: 'stage', fields: ['stage'] }, () => ran.push('stage'))
      .on('person.updated', { name: 'name', fields: ['name'] }, () => ran.push('name'));
    expect(same).toBe(receiver);
    await receiver.receive(delivery(serverBody('person.updated', { updatedFields: ['stage'] })));
    expect(ran.sort()).toEqual(['map', 'stage', 'wildcard']);
  });

  test('an event that several patterns match runs each of them once', async () => {
    const ran: string[] = [];
    const receiver = receiverOf();
    for (const pattern of ['*', '*.*', '*.created', 'person.*', 'person.created'])
      receiver.on(pattern as '*', () => ran.push(pattern));
    expect(await receiver.receive(genuine)).toMatchObject({ status: 'handled' });
    expect(ran.sort()).toEqual(['*', '*.*', '*.created', 'person.*', 'person.created']);
  });

  test('one function may be several handlers', async () => {
    const run = vi.fn();
    await receiverOf().on('*', run).on('person.created', run).receive(genuine);
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('* gets unknown kinds and names without a dot', async () => {
    const kinds: string[] = [];
    const receiver = receiverOf().on('*', ({ kind, event }) => kinds.push(`${kind} ${event}`));
    for (const one of [
      serverBody('ping'),
      serverBody('person.created', { record: 5 }),
      metadataBody('metadata.view.created'),
      serverBody('rocket.created'),
    ]) {
      expect(await receiver.receive(delivery(one))).toMatchObject({ status: 'handled' });
    }
    expect(kinds).toEqual([
      'unknown ping',
      'unknown person.created',
      'metadata metadata.view.created',
      'record rocket.created',
    ]);
  });

  test('refuses what it cannot use', () => {
    const receiver = receiverOf({ on: { 'person.created': () => {} } as never });
    expect(() => receiver.on('person' as never, () => {})).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID' }),
    );
    expect(() => receiver.on('person.created', () => {})).toThrow(
      expect.objectContaining({ code: 'HANDLER_DUPLICATE' }),
    );
    expect(() => receiver.on('person.created', { fields: ['a'], name: 'x' }, () => {})).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => receiver.on('person.created', { name: 'x' }, undefined as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => receiver.on('person.created', undefined as never, () => {})).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  test('isVerifyOnly until there is a handler', () => {
    const receiver = receiverOf();
    expect(receiver.isVerifyOnly).toBe(true);
    receiver.on('*', () => {});
    expect(receiver.isVerifyOnly).toBe(false);
    expect(receiverOf({ on: {} as never }).isVerifyOnly).toBe(true);
    expect(receiverOf(handled as never).isVerifyOnly).toBe(false);
  });
});

describe('observe', () => {
  test('gets every outcome, the very one that receive returns', async () => {
    const seen: Observation[] = [];
    const receiver = receiverOf({ observe: (one) => seen.push(one), ...(handled as object) });
    const requests: ReceivedRequest[] = [
      genuine,
      genuine,
      { ...genuine, method: 'GET' },
      { ...genuine, headers: {} },
      delivery('{'),
      { ...genuine, body: () => Promise.reject(bodyError('BODY_TIMEOUT')) },
    ];
    const outcomes: Outcome[] = [];
    for (const request of requests) outcomes.push(await receiver.receive(request));
    expect(seen).toHaveLength(requests.length);
    for (const [index, outcome] of outcomes.entries()) expect(seen[index]).toBe(outcome);
    expect(seen.map((one) => ('code' in one ? one.code : one.status))).toEqual([
      'handled',
      'duplicate',
      'METHOD_NOT_ALLOWED',
      'SIGNATURE_MISSING',
      'BODY_NOT_JSON',
      'BODY_TIMEOUT',
    ]);
  });

  test.each<[what: string, observe: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('observer');
      },
    ],
    ['rejects', () => Promise.reject(new Error('observer'))],
  ])('that %s is logged and changes nothing', async (_, observe) => {
    const log = createLog();
    expect(await receive(genuine, { ...(handled as object), observe, logger: log })).toMatchObject({
      status: 'handled',
    });
    await expect
      .poll(() => log.errors)
      .toEqual([[expect.stringMatching(/observe/), expect.objectContaining({ message: 'observer' })]]);
  });

  test('that never answers holds nothing up', async () => {
    expect(await receive(genuine, { ...(handled as object), observe: () => new Promise(() => {}) })).toMatchObject({
      status: 'handled',
    });
  });

  test('and a logger that both throw change nothing', async () => {
    const fails = () => {
      throw new Error('x');
    };
    const logger = { warn: fails, error: fails };
    expect(await receive(genuine, { ...(handled as object), observe: fails, logger })).toMatchObject({
      status: 'handled',
    });
    expect(await receive({ ...genuine, headers: {} }, { observe: fails, logger })).toMatchObject({
      code: 'SIGNATURE_MISSING',
    });
    expect(await receive(genuine, { on: { '*': fails } as never, logger })).toMatchObject({ code: 'HANDLER_FAILED' });
  });

  test('a logger keeps its `this`', async () => {
    class Lines {
      readonly lines: string[] = [];
      warn(line: string): void {
        this.lines.push(line);
      }
      error(line: string): void {
        this.lines.push(line);
      }
    }
    const logger = new Lines();
    await receive({ ...genuine, headers: {} }, { logger });
    expect(logger.lines).toHaveLength(1);
  });
});

test('the log has at most one line per code and minute, by the clock of the receiver', async () => {
  const logger = createLog();
  let clock = nowMs;
  const receiver = receiverOf({ logger, now: () => clock });
  for (let second = 0; second < 120; second++, clock += 1_000) {
    await receiver.receive({ ...genuine, headers: {} });
    await receiver.receive({ ...genuine, method: 'GET' });
  }
  expect(logger.warnings.map(([line]) => String(line).replace(/:.*/, ''))).toEqual([
    '[twenty-webhooks] SIGNATURE_MISSING',
    '[twenty-webhooks] METHOD_NOT_ALLOWED',
    '[twenty-webhooks] SIGNATURE_MISSING',
    '[twenty-webhooks] METHOD_NOT_ALLOWED',
  ]);
  expect(logger.errors).toEqual([]);
});

test('a handler gets the event and its context, which can be taken apart', async () => {
  let seen: unknown;
  const receiver = receiverOf().on(
    'person.created',
    { name: 'mail' },
    (event, { attempt, isStale, signal, delivery: facts, idempotencyKey }: HandlerContext) => {
      seen = { event: event.event, attempt, isStale, aborted: signal.aborted, facts, idempotencyKey };
    },
  );
  const outcome = await receiver.receive(genuine);
  expect(seen).toEqual({
    event: 'person.created',
    attempt: 1,
    isStale: false,
    aborted: false,
    facts: (outcome as { delivery: unknown }).delivery,
    idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('two receivers do not know each other', async () => {
  const run = vi.fn();
  const [a, b] = [receiverOf({ on: { '*': run } as never }), receiverOf({ on: { '*': run } as never })];
  expect(await a.receive(genuine)).toMatchObject({ status: 'handled' });
  expect(await b.receive(genuine)).toMatchObject({ status: 'handled' });
  expect(run).toHaveBeenCalledTimes(2);
});

test('receive, fetch and on need no `this`', async () => {
  const { receive: take, fetch, on, close, start } = receiverOf();
  on('*', () => {});
  start();
  expect(await take(genuine)).toMatchObject({ status: 'handled' });
  const request = new Request('http://localhost/', {
    method: 'POST',
    headers: genuine.headers as Record<string, string>,
    body,
  });
  expect((await fetch(request)).status).toBe(200);
  await close();
});
