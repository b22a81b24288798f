import { describe, expect, test, vi } from 'vitest';
import { isWebhookError, NonRetryableError, RetryAfterError, WebhookError } from './errors.ts';

describe('WebhookError', () => {
  test('has a code, a message and a cause', () => {
    const cause = new Error('below');
    const error = new WebhookError('HANDLER_FAILED', 'what happened', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'WebhookError', code: 'HANDLER_FAILED', message: 'what happened', cause });
    expect(String(error)).toBe('WebhookError: what happened');
    expect(error.stack).toContain('what happened');
  });

  test('has no cause unless there is one', () => {
    expect('cause' in new WebhookError('HANDLER_FAILED', 'x')).toBe(false);
    expect(new WebhookError('HANDLER_FAILED', 'x', { cause: undefined })).toHaveProperty('cause', undefined);
  });

  test('shows its brand in no listing', () => {
    expect(JSON.stringify(new WebhookError('HANDLER_FAILED', 'x'))).not.toContain('twenty-webhooks');
    expect(Object.getOwnPropertySymbols({ ...new WebhookError('HANDLER_FAILED', 'x') })).toEqual([]);
  });
});

describe('isWebhookError', () => {
  test('knows all three', () => {
    for (const error of [new WebhookError('BODY_EMPTY', 'x'), new NonRetryableError('x'), new RetryAfterError(1)]) {
      expect(isWebhookError(error)).toBe(true);
    }
  });

  test('knows those of another copy of this package', async () => {
    vi.resetModules();
    const copy = await import('./errors.ts');
    const error = new copy.WebhookError('BODY_EMPTY', 'x');
    expect(error).not.toBeInstanceOf(WebhookError);
    expect(isWebhookError(error)).toBe(true);
    expect(copy.isWebhookError(new RetryAfterError(1))).toBe(true);
  });

  test.each([
    undefined,
    null,
    'x',
    5,
    {},
    [],
    new Error('x'),
    { code: 'BODY_EMPTY', name: 'WebhookError' },
    Symbol.for('twenty-webhooks.error'),
  ])('%s is none', (value) => {
    expect(isWebhookError(value)).toBe(false);
  });
});

test('NonRetryableError', () => {
  const cause = new Error('below');
  const error = new NonRetryableError('no such contact', { cause });
  expect(error).toBeInstanceOf(WebhookError);
  expect(error).toMatchObject({ name: 'NonRetryableError', code: 'NON_RETRYABLE', message: 'no such contact', cause });
});

test('RetryAfterError', () => {
  const cause = new Error('below');
  expect(new RetryAfterError(1_500)).toMatchObject({
    name: 'RetryAfterError',
    code: 'RETRY_AFTER',
    delayMs: 1_500,
    message: /1500 ms/,
  });
  expect(new RetryAfterError(0, 'busy', { cause })).toMatchObject({ delayMs: 0, message: 'busy', cause });
});
