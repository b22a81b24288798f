import { memoryStore } from '@twenty-webhooks/core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bodySizes, makeBodies } from './bodies.ts';
import { createFloor, createFloorWithHash } from './contenders/floor.ts';
import { createOctokit } from './contenders/octokit.ts';
import {
  createHmacFloor,
  createOctokitVerify,
  createStripeVerify,
  createTwentyVerify,
  createTwentyVerifyAndParse,
} from './contenders/single-functions.ts';
import { createStandardWebhooks, createSvix } from './contenders/standard-webhooks.ts';
import { createStripe } from './contenders/stripe.ts';
import { createTern } from './contenders/tern.ts';
import { createTwenty } from './contenders/twenty.ts';

// Refusals are wanted here.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

// Speed counts only of what does its work.
const contenders = [
  createFloor(),
  createFloorWithHash(),
  createTwenty('twenty', () => {}, { idempotency: 'off' }),
  createTwenty('twenty, default settings', () => {}, { idempotency: memoryStore() }),
  createOctokit(),
  createStripe(),
  createStandardWebhooks(),
  createSvix(),
  createTern(),
  createHmacFloor(),
  createTwentyVerify(),
  createTwentyVerifyAndParse(),
  createStripeVerify(),
  createOctokitVerify(),
];

describe.each(contenders)('$name', (contender) => {
  test.each(bodySizes)('accepts genuine deliveries of %s', async (size) => {
    await contender.prepare(makeBodies(size, 2))();
  });

  test.each(bodySizes)('refuses a delivery of %s with one other byte', async (size) => {
    const [body = Buffer.alloc(0)] = makeBodies(size, 1);
    const spoilt = Buffer.from(body);
    spoilt[spoilt.indexOf('Zo')] = 0x7a;
    await expect(contender.prepare([body], [spoilt])()).rejects.toThrow();
  });
});

test.each([
  ['1.4 kB', 1_400],
  ['9 kB', 9_000],
  ['100 kB', 100_000],
  ['100 kB ASCII', 100_000],
  ['1 MB', 1_000_000],
] as const)('bodies of %s have that size, are ASCII only if they say so, and differ', (size, bytes) => {
  const [one, other] = makeBodies(size, 2).map((body) => body.toString('utf8'));
  expect(Math.abs(Buffer.byteLength(one ?? '') / bytes - 1)).toBeLessThan(0.06);
  if (size === '100 kB ASCII') expect(one).toMatch(/^[\0-\x7f]*$/);
  else expect(one).toMatch(/[^\0-\xff]/);
  expect(one).not.toBe(other);
});
