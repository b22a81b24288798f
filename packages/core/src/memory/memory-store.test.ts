import { describe, expect, test } from 'vitest';
import type { IdempotencyStore } from '../idempotency.ts';
import { memoryStore } from './memory-store.ts';

const claimed = { state: 'claimed', token: expect.any(String) };
const day = 86_400_000;

function setup(maxEntries?: number) {
  const clock = { ms: 1_000_000 };
  const store = memoryStore({ now: () => clock.ms, ...(maxEntries !== undefined && { maxEntries }) });
  return { clock, store };
}

async function claim(store: IdempotencyStore, key: string, leaseMs = 1_000): Promise<string> {
  const result = await store.claim(key, leaseMs);
  if (result.state !== 'claimed') throw new Error(`${key} is ${result.state}`);
  return result.token;
}

async function finish(store: IdempotencyStore, key: string, ttlMs = day): Promise<void> {
  await store.complete(key, await claim(store, key), ttlMs);
}

describe('claim', () => {
  test('of many at once exactly one wins', async () => {
    const { store } = setup();
    const results = await Promise.all(Array.from({ length: 50 }, () => store.claim('a', 1_000)));
    expect(results.filter(({ state }) => state === 'claimed')).toHaveLength(1);
    expect(results.filter(({ state }) => state === 'busy')).toHaveLength(49);
  });

  test('keys do not know each other', async () => {
    const { store } = setup();
    for (const key of ['a', 'b', '', '__proto__', 'constructor'])
      expect(await store.claim(key, 1_000)).toEqual(claimed);
    expect(await store.claim('__proto__', 1_000)).toEqual({ state: 'busy' });
  });

  test('is busy until its lease runs out, and not longer', async () => {
    const { clock, store } = setup();
    await claim(store, 'a', 1_000);
    clock.ms += 999;
    expect(await store.claim('a', 1_000)).toEqual({ state: 'busy' });
    clock.ms += 1;
    expect(await store.claim('a', 1_000)).toEqual(claimed);
  });

  test('gives another token every time', async () => {
    const { clock, store } = setup();
    const first = await claim(store, 'a', 1_000);
    clock.ms += 1_000;
    expect(await claim(store, 'a', 1_000)).not.toBe(first);
  });
});

describe('complete', () => {
  test('makes the key done until it is too old, and not longer', async () => {
    const { clock, store } = setup();
    expect(await store.complete('a', await claim(store, 'a'), 5_000)).toBe(true);
    clock.ms += 4_999;
    expect(await store.claim('a', 1_000)).toEqual({ state: 'done' });
    clock.ms += 1;
    expect(await store.claim('a', 1_000)).toEqual(claimed);
  });

  test('counts from completion, not from the claim', async () => {
    const { clock, store } = setup();
    const token = await claim(store, 'a', 10_000);
    clock.ms += 9_000;
    await store.complete('a', token, 5_000);
    clock.ms += 4_999;
    expect(await store.claim('a', 1_000)).toEqual({ state: 'done' });
  });
});

describe('release', () => {
  test('lets the next one run at once', async () => {
    const { store } = setup();
    expect(await store.release('a', await claim(store, 'a'))).toBe(true);
    expect(await store.claim('a', 1_000)).toEqual(claimed);
  });
});

describe('extend', () => {
  test('starts the lease anew from now', async () => {
    const { clock, store } = setup();
    const token = await claim(store, 'a', 1_000);
    clock.ms += 900;
    expect(await store.extend('a', token, 1_000)).toBe(true);
    clock.ms += 999;
    expect(await store.claim('a', 1_000)).toEqual({ state: 'busy' });
    clock.ms += 1;
    expect(await store.claim('a', 1_000)).toEqual(claimed);
  });
});

describe('a token that lost its claim changes nothing', () => {
  test('after another one claimed', async () => {
    const { clock, store } = setup();
    const lost = await claim(store, 'a', 1_000);
    clock.ms += 1_000;
    const token = await claim(store, 'a', 1_000);
    expect(await store.extend('a', lost, day)).toBe(false);
    expect(await store.complete('a', lost, day)).toBe(false);
    expect(await store.release('a', lost)).toBe(false);
    expect(await store.claim('a', 1_000)).toEqual({ state: 'busy' });
    expect(await store.release('a', token)).toBe(true);
  });

  test('after it was settled', async () => {
    const { store } = setup();
    const token = await claim(store, 'a');
    await store.complete('a', token, day);
    expect(await store.release('a', token)).toBe(false);
    expect(await store.extend('a', token, day)).toBe(false);
    expect(await store.complete('a', token, day)).toBe(false);
    expect(await store.claim('a', 1_000)).toEqual({ state: 'done' });
  });

  test('nor does one of another key, or one that never was', async () => {
    const { store } = setup();
    const [a] = [await claim(store, 'a'), await claim(store, 'b')];
    expect(await store.release('b', a)).toBe(false);
    expect(await store.complete('c', a, day)).toBe(false);
    expect(await store.extend('b', 'none', day)).toBe(false);
    expect(await store.claim('b', 1_000)).toEqual({ state: 'busy' });
  });
});

describe('memory is bounded', () => {
  test('by number: the oldest are forgotten first', async () => {
    const { store } = setup(3);
    for (const key of ['a', 'b', 'c', 'd', 'e']) await finish(store, key);
    // A claim is what makes room.
    await claim(store, 'x');
    expect(await store.claim('c', 1)).toEqual({ state: 'done' });
    expect(await store.claim('d', 1)).toEqual({ state: 'done' });
    expect(await store.claim('e', 1)).toEqual({ state: 'done' });
    expect(await store.claim('a', 1)).toEqual(claimed);
    expect(await store.claim('b', 1)).toEqual(claimed);
  });

  test('a key that is done again counts as new', async () => {
    const { clock, store } = setup(3);
    await finish(store, 'b');
    await finish(store, 'a', 10);
    await finish(store, 'c');
    clock.ms += 10;
    await finish(store, 'a');
    for (const key of ['d', 'e']) await finish(store, key);
    await claim(store, 'x');
    expect(await store.claim('a', 1)).toEqual({ state: 'done' });
    expect(await store.claim('b', 1)).toEqual(claimed);
    expect(await store.claim('c', 1)).toEqual(claimed);
  });

  test('10 000 are remembered by default', async () => {
    const { store } = setup();
    for (let index = 0; index <= 10_000; index++) await finish(store, `key-${index}`);
    await claim(store, 'x');
    expect(await store.claim('key-1', 1)).toEqual({ state: 'done' });
    expect(await store.claim('key-0', 1)).toEqual(claimed);
  });

  test('running ones are not forgotten, however many', async () => {
    const { store } = setup(2);
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await claim(store, key);
    for (const key of keys) expect(await store.claim(key, 1)).toEqual({ state: 'busy' });
  });

  test('those whose lease ran out unsettled are forgotten, once there are many', async () => {
    const { clock, store } = setup(2);
    const tokens = [];
    for (const key of ['a', 'b', 'c', 'd']) tokens.push(await claim(store, key, 1_000));
    clock.ms += 1_000;
    // A run that is only late may still settle, for as long as nothing crowds it out.
    expect(await store.extend('d', tokens[3] ?? '', 1_000)).toBe(true);
    await claim(store, 'e');
    expect(await store.complete('a', tokens[0] ?? '', day)).toBe(false);
    expect(await store.complete('d', tokens[3] ?? '', day)).toBe(true);
  });

  test('finished ones do not crowd out running ones', async () => {
    const { store } = setup(2);
    const token = await claim(store, 'run', day);
    for (let index = 0; index < 10; index++) await finish(store, `key-${index}`);
    expect(await store.claim('run', 1)).toEqual({ state: 'busy' });
    expect(await store.complete('run', token, day)).toBe(true);
  });
});

test('the clock is the real one by default', async () => {
  const store = memoryStore();
  await claim(store, 'a', 60_000);
  expect(await store.claim('a', 1)).toEqual({ state: 'busy' });
  expect(await store.claim('b', -1)).toEqual(claimed);
  expect(await store.claim('b', 1)).toEqual(claimed);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('maxEntries cannot be %s', (maxEntries) => {
  expect(() => memoryStore({ maxEntries: maxEntries as never })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
});
