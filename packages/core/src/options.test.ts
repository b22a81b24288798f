import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReceiverOptions, toSettings } from './options.ts';
import { createReceiver } from './receiver.ts';
import { createLog, delivery, nowMs, secret, serverBody, signTimestamped, toBytes } from './testdata/deliveries.ts';

beforeEach(() => {
  vi.stubEnv('TWENTY_WEBHOOK_SECRET', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const code = (expected: string) => expect.objectContaining({ name: 'WebhookError', code: expected });
const create = (options: object) => () => createReceiver(options as never);
const isGenuine = async (options: ReceiverOptions, key = secret): Promise<boolean> => {
  const body = toBytes(JSON.stringify(serverBody('person.created')));
  const receiver = createReceiver({ now: () => nowMs, logger: createLog(), ...options } as ReceiverOptions);
  const { status } = await receiver.receive(delivery(body, { headers: signTimestamped(body, key) }));
  return status === 'ignored';
};

describe('secret', () => {
  test('comes from TWENTY_WEBHOOK_SECRET where none is given', async () => {
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', 'from-the-environment');
    expect(await isGenuine({}, 'from-the-environment')).toBe(true);
    expect(await isGenuine({ secret: undefined }, 'from-the-environment')).toBe(true);
    expect(await isGenuine({ secret }, 'from-the-environment')).toBe(false);
    expect(await isGenuine({ secret })).toBe(true);
  });

  test('is read at construction', async () => {
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', 'first');
    const receiver = createReceiver({ now: () => nowMs, logger: createLog() });
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', 'second');
    const body = toBytes(JSON.stringify(serverBody('person.created')));
    expect(await receiver.receive(delivery(body, { headers: signTimestamped(body, 'first') }))).toMatchObject({
      status: 'ignored',
    });
  });

  test.each<[what: string, options: object]>([
    ['none', {}],
    ['undefined', { secret: undefined }],
    ['an empty one', { secret: '' }],
    ['an empty list', { secret: [] }],
    ['an empty one in a list', { secret: ['good', ''] }],
    ['nothing in a list', { secret: ['good', undefined] }],
    ['null in a list', { secret: [null] }],
  ])('SECRET_MISSING for %s', (_, options) => {
    expect(create(options)).toThrow(code('SECRET_MISSING'));
  });

  test('an empty one is not made up for by the environment', () => {
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', 'from-the-environment');
    expect(create({ secret: '' })).toThrow(code('SECRET_MISSING'));
    expect(create({ secret: [] })).toThrow(code('SECRET_MISSING'));
  });

  test('SECRET_MISSING for an empty environment', () => {
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', '');
    expect(create({})).toThrow(code('SECRET_MISSING'));
  });

  test('the message says where to get it', () => {
    expect(create({})).toThrow(/TWENTY_WEBHOOK_SECRET.*that Twenty shows/);
  });

  test.each([5, true, {}, new Uint8Array(32), Symbol('x')])('OPTION_INVALID for %s', (wrong) => {
    expect(create({ secret: wrong })).toThrow(code('OPTION_INVALID'));
  });

  test('no message quotes it', () => {
    for (const options of [
      { secret: 'canary', unsigned: 'accept' },
      { secret: ['canary', ''] },
      { secret: 'canary', now: 5 },
    ]) {
      expect(create(options)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('canary') }));
    }
  });

  test('a list that is changed later changes nothing', async () => {
    const secrets = ['other'];
    const receiver = createReceiver({ secret: secrets, now: () => nowMs, logger: createLog() });
    secrets.push(secret);
    expect(await receiver.receive(delivery(serverBody('person.created')))).toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    });
  });
});

describe('unsigned', () => {
  test("'accept' is legal without a secret only", () => {
    expect(create({ unsigned: 'accept' })).not.toThrow();
    expect(create({ unsigned: 'accept', secret: undefined })).not.toThrow();
    expect(create({ unsigned: 'accept', secret })).toThrow(code('OPTION_INVALID'));
    expect(create({ unsigned: 'accept', secret: [secret] })).toThrow(code('OPTION_INVALID'));
    expect(create({ unsigned: 'accept', secret: () => secret })).toThrow(code('OPTION_INVALID'));
  });

  test('a secret in the environment is one', () => {
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', secret);
    expect(create({ unsigned: 'accept' })).toThrow(code('OPTION_INVALID'));
  });

  test("'reject' needs one", () => {
    expect(create({ unsigned: 'reject' })).toThrow(code('SECRET_MISSING'));
    expect(create({ unsigned: 'reject', secret })).not.toThrow();
  });

  test.each([true, false, 'allow', 'Accept', '', null])('%j is no word for it', (unsigned) => {
    expect(create({ unsigned })).toThrow(code('OPTION_INVALID'));
    expect(create({ unsigned, secret })).toThrow(code('OPTION_INVALID'));
  });
});

describe('every other option', () => {
  const store = { claim: () => {}, extend: () => {}, complete: () => {}, release: () => {} };

  test.each<[name: string, values: unknown[]]>([
    ['signatures', [[], ['timestamped', 'other'], ['Plain'], 'timestamped', {}, null, 5]],
    ['toleranceSeconds', [-1, Number.NaN, Number.POSITIVE_INFINITY, '300', 1e10, {}, 5n]],
    ['maxBodyBytes', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5mb', 3e9]],
    ['bodyTimeoutMs', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '10s', 2_147_483_648]],
    ['handlerTimeoutMs', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '4s', 2_147_483_648]],
    ['on', [() => {}, new Map(), [() => {}], 5, 'person.created', true]],
    ['idempotency', ['on', 'OFF', true, false, null, {}, { ...store, extend: undefined }, () => store]],
    ['logger', [{}, { warn: () => {} }, { error: () => {} }, 'console', true, () => {}]],
    ['schemas', [5, 'zod', { person: {} }, { person: null }, { person: { '~standard': {} } }, { person: () => {} }]],
    ['observe', [5, 'log', {}, [], true]],
    ['now', [5, Date, null, new Date(), '2026']],
  ])('%s', (name, values) => {
    for (const value of values) {
      if (value === Date) continue;
      expect(create({ secret, [name]: value }), `${name}: ${String(value)}`).toThrow(code('OPTION_INVALID'));
      expect(create({ secret, [name]: value })).toThrow(new RegExp(`"${name}"`));
    }
    expect(create({ secret, [name]: undefined })).not.toThrow();
  });

  test('good ones pass', () => {
    const options = {
      secret: [secret],
      signatures: ['plain'],
      unsigned: 'reject',
      toleranceSeconds: 0,
      maxBodyBytes: 1,
      bodyTimeoutMs: 2_147_483_647,
      handlerTimeoutMs: 1,
      on: { '*': () => {} },
      idempotency: store,
      logger: console,
      schemas: { person: { '~standard': { version: 1, vendor: 'x', validate: () => {} } } },
      observe: () => {},
      now: Date.now,
    };
    expect(create(options)).not.toThrow();
    expect(create(Object.freeze(options))).not.toThrow();
    expect(create({ secret, idempotency: 'off' })).not.toThrow();
  });

  test.each(['secrets', 'Secret', 'tolerance', 'toleranceMs', 'handlers', 'verify', '__proto', 'path'])(
    '%s is none',
    (name) => {
      expect(create({ secret, [name]: 1 })).toThrow(code('OPTION_INVALID'));
    },
  );

  test('handlers are checked too', () => {
    expect(create({ secret, on: { person: () => {} } })).toThrow(code('PATTERN_INVALID'));
    expect(create({ secret, on: { 'person.created': 'handler' } })).toThrow(code('OPTION_INVALID'));
    expect(create({ secret, on: { 'person.created': undefined } })).toThrow(code('OPTION_INVALID'));
  });
});

describe('defaults', () => {
  test('are those of the design', () => {
    expect(toSettings({ secret })).toMatchObject({
      signatures: ['timestamped', 'plain'],
      toleranceSeconds: 300,
      maxBodyBytes: 5 * 1024 * 1024,
      bodyTimeoutMs: 10_000,
      handlerTimeoutMs: 4_500,
      now: Date.now,
    });
  });

  test('the logger is the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await createReceiver({ secret }).receive({ method: 'GET', url: '/', headers: {}, body: new Uint8Array() });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/METHOD_NOT_ALLOWED/));
    warn.mockRestore();
  });
});

test('a resolver is not called at construction', () => {
  const resolve = vi.fn(() => secret);
  createReceiver({ secret: resolve });
  expect(resolve).not.toHaveBeenCalled();
});
