import { describe, expect, test } from 'vitest';
import { goldenVectors } from './golden-vectors.ts';
import { sampleEvent } from './sample-event.ts';
import { signDelivery } from './sign-delivery.ts';

// Not against the project's own verifier, which could share a mistake: against what Python's hmac made.
const genuine = goldenVectors().filter(({ expected, name }) => expected === 'valid' && !name.includes('plain-wrong'));

test('there are vectors of both formats', () => {
  expect(new Set(genuine.map(({ format }) => format))).toEqual(new Set(['server', 'envelope']));
  expect(goldenVectors()).toHaveLength(73);
});

test.each(genuine)('$name: the same headers for the same bytes', ({ format, secrets, headers, body }) => {
  const timestamp = format === 'server' ? Number(headers['x-twenty-webhook-timestamp']) : undefined;
  const made = secrets.map((secret) => signDelivery(body, { secret, format, timestamp }));
  const name = format === 'server' ? 'x-twenty-webhook-signature' : 'x-twenty-signature';
  // Signed with one of them: during a rotation the receiver cannot know which.
  expect(made.map((delivery) => delivery.headers[name])).toContain(headers[name]);
  for (const delivery of made) {
    expect(delivery.body).toEqual(body);
    expect(delivery.headers['x-twenty-webhook-timestamp']).toBe(headers['x-twenty-webhook-timestamp']);
    expect(delivery.headers['content-type']).toBe('application/json');
  }
});

describe('signDelivery', () => {
  const secret = 'secret-é';

  test('signs text, bytes and objects alike', () => {
    const event = sampleEvent('note.created');
    const text = JSON.stringify(event);
    const [a, b, c] = [event, text, Buffer.from(text)].map((body) => signDelivery(body, { secret, timestamp: 1 }));
    const signature = 'x-twenty-webhook-signature';
    expect(a?.headers[signature]).toBe(b?.headers[signature]);
    expect(a?.headers[signature]).toBe(c?.headers[signature]);
    expect(Buffer.from(a?.body ?? [])).toEqual(Buffer.from(text));
  });

  test('copies bytes, so that changing its body changes nobody else’s', () => {
    const bytes = new TextEncoder().encode('{}');
    signDelivery(bytes, { secret }).body[0] = 0;
    expect(bytes[0]).toBe(0x7b);
  });

  test('takes the present time, in milliseconds, and a fresh nonce of 16 bytes', () => {
    const before = Date.now();
    const [one, two] = [signDelivery({}, { secret }).headers, signDelivery({}, { secret }).headers];
    const timestamp = Number(one['x-twenty-webhook-timestamp']);
    expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(timestamp).toBeLessThanOrEqual(Date.now());
    expect(one['x-twenty-webhook-nonce']).toMatch(/^[0-9a-f]{32}$/);
    expect(one['x-twenty-webhook-nonce']).not.toBe(two['x-twenty-webhook-nonce']);
  });

  test('with an empty secret it signs nothing, as Twenty does', () => {
    expect(signDelivery({}, { secret: '' }).headers).toEqual({ 'content-type': 'application/json' });
  });
});
