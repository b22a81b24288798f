import { memoryStore } from '@twenty-webhooks/core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type BodySize, makeBodies } from './bodies.ts';
import { createFloor } from './contenders/floor.ts';
import { createOctokit } from './contenders/octokit.ts';
import { createStandardWebhooks, createSvix } from './contenders/standard-webhooks.ts';
import { createStripe } from './contenders/stripe.ts';
import { createTern } from './contenders/tern.ts';
import { createTwenty } from './contenders/twenty.ts';

// Refusals are wanted here.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

// Speed counts only of what does its work.
const contenders = [
  createFloor(),
  createTwenty('twenty', () => {}, { idempotency: 'off' }),
  createTwenty('twenty, default settings', () => {}, { idempotency: memoryStore() }),
  createOctokit(),
  createStripe(),
  createStandardWebhooks(),
  createSvix(),
  createTern(),
];
const sizes: BodySize[] = ['1.4 kB', '100 kB'];

describe.each(contenders)('$name', (contender) => {
  test.each(sizes)('accepts genuine deliveries of %s', async (size) => {
    await contender.prepare(makeBodies(size, 3))();
  });

  test.each(sizes)('refuses a delivery of %s with one other byte', async (size) => {
    const [body = Buffer.alloc(0)] = makeBodies(size, 1);
    const spoilt = Buffer.from(body);
    spoilt[spoilt.indexOf('Zo')] = 0x7a;
    await expect(contender.prepare([body], [spoilt])()).rejects.toThrow();
  });
});

test.each([
  ['1.4 kB', 1_300, 1_500],
  ['100 kB', 95_000, 105_000],
] as const)('bodies of %s have that size, are not ASCII, and differ', (size, least, most) => {
  const [one, other] = makeBodies(size, 2).map((body) => body.toString('utf8'));
  expect(Buffer.byteLength(one ?? '')).toBeGreaterThan(least);
  expect(Buffer.byteLength(one ?? '')).toBeLessThan(most);
  expect(one).toMatch(/[^\0-\xff]/);
  expect(one).not.toBe(other);
});
