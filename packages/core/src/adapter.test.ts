import { describe, expect, test } from 'vitest';
import { defaultPath, requireHandlers, toReceiver } from './adapter.ts';
import { createReceiver } from './receiver.ts';
import { createLog, secret } from './testdata/deliveries.ts';

const code = (expected: string) => expect.objectContaining({ name: 'WebhookError', code: expected });
const on = { 'person.created': () => {} };

describe('toReceiver', () => {
  test('makes one of the options, whose path is the adapter’s own', () => {
    const receiver = toReceiver({ secret, on: on as never, logger: createLog(), path: '/hooks' });
    expect(receiver.isVerifyOnly).toBe(false);
    expect(toReceiver({ secret, path: undefined, receiver: undefined }).isVerifyOnly).toBe(true);
  });

  test('takes a ready one as it is', () => {
    const receiver = createReceiver({ secret });
    expect(toReceiver({ receiver })).toBe(receiver);
    expect(toReceiver({ receiver, path: '/hooks' })).toBe(receiver);
  });

  test('throws what createReceiver throws', () => {
    expect(() => toReceiver({ secret: '' })).toThrow(code('SECRET_MISSING'));
    expect(() => toReceiver({ secret, paths: '/hooks' } as never)).toThrow(code('OPTION_INVALID'));
    expect(() => toReceiver({ secret, on: { person: () => {} } } as never)).toThrow(code('PATTERN_INVALID'));
  });

  test('takes a ready one or options, not both', () => {
    const receiver = createReceiver({ secret });
    // A handler here would never run, and nobody would know.
    expect(() => toReceiver({ receiver, on } as never)).toThrow(code('OPTION_INVALID'));
    expect(() => toReceiver({ receiver, secret } as never)).toThrow(code('OPTION_INVALID'));
    expect(() => toReceiver({ receiver, on: undefined } as never)).not.toThrow();
  });
});

test('requireHandlers', () => {
  expect(() => requireHandlers(createReceiver({ secret }))).toThrow(code('HANDLERS_MISSING'));
  expect(() => requireHandlers(createReceiver({ secret, on }))).not.toThrow();
  expect(() => requireHandlers(createReceiver({ secret }).on('*', () => {}))).not.toThrow();
});

test('the path is that of the guide', () => {
  expect(defaultPath).toBe('/webhooks/twenty');
});
