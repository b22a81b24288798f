import { WebhookError } from '@twenty-webhooks/core';
import { describe, expect, it } from 'vitest';
import { toInboxAddress } from './inbox-address.ts';
import { toInboxError } from './inbox-error.ts';

const postgres = toInboxAddress('postgres://ada:canary@db.example.com/app');
const sqlite = toInboxAddress('inbox.sqlite');
const withFacts = (message: string, facts: object): Error => Object.assign(new Error(message), facts);

describe('toInboxError', () => {
  it.each([
    ['the server shuts down', postgres, withFacts('terminating connection', { code: '57P01' })],
    ['the connection is cut', postgres, new Error('Connection terminated unexpectedly\nDETAIL: a body')],
    ['Redis goes away', toInboxAddress('redis://:canary@cache'), new Error('Connection is closed.')],
    ['the inbox says so', postgres, new WebhookError('INBOX_UNAVAILABLE', 'no answer for canary')],
    ['a locked file', sqlite, withFacts('database is locked', { errcode: 5 })],
    ['a file locked by a transaction', sqlite, withFacts('database is locked', { errcode: 517 })],
    [
      'a file locked when it is opened',
      sqlite,
      new WebhookError('INBOX_INVALID', 'locked', { cause: withFacts('database is locked', { errcode: 5 }) }),
    ],
  ])('%s: 3', (_what, address, error) => {
    expect(toInboxError(error, address)).toMatchObject({
      code: 'INBOX_UNAVAILABLE',
      exitCode: 3,
      message: expect.stringMatching(/^(?!.*(canary|DETAIL))The inbox at .* cannot be reached: [^\n]+$/),
    });
  });

  it('what has to be mended: 2; a fault of ours stays one', () => {
    const invalid = new WebhookError('INBOX_INVALID', 'refused');
    expect(toInboxError(invalid, postgres)).toMatchObject({ code: 'INBOX_INVALID', exitCode: 2 });
    for (const fault of [new TypeError('x is undefined'), 'text']) expect(toInboxError(fault, postgres)).toBe(fault);
    const full = withFacts('disk is full', { errcode: 13 });
    expect(toInboxError(full, sqlite)).toBe(full);
  });
});
