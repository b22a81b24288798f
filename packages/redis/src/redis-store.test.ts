import { randomUUID } from 'node:crypto';
import type { IdempotencyStore } from '@twenty-webhooks/core';
import { describeWith, findFreePort, findRedis, measureUsableMs } from '@twenty-webhooks/services';
import { describeIdempotencyStore, idempotencyStoreCases } from '@twenty-webhooks/testing';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { redisStore } from './redis-store.ts';

describeWith(await findRedis(), 'redisStore', ({ url }) => {
  const open = (prefix = `test-${randomUUID()}`) => redisStore({ connection: url, prefix });

  describeIdempotencyStore(
    'redisStore',
    () => {
      const store = open();
      return { store, close: store.close };
    },
    { describe, it },
  );

  it('is shared by all that open it, and outlives them', async () => {
    const prefix = `test-${randomUUID()}`;
    const [one, other] = [open(prefix), open(prefix)];
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).claim('k', 9_000)),
    );
    const [won, ...rest] = claims.filter(({ state }) => state === 'claimed');
    expect(rest).toEqual([]);
    await one.complete('k', won?.state === 'claimed' ? won.token : '', 9_000);
    await one.close();
    await other.close();
    const later = open(prefix);
    expect(await later.claim('k', 9_000)).toEqual({ state: 'done' });
    await later.close();
  });

  it('does not take `done` for a token', async () => {
    const store = open();
    const claim = await store.claim('k', 9_000);
    await store.complete('k', claim.state === 'claimed' ? claim.token : '', 9_000);
    expect(await store.release('k', 'done')).toBe(false);
    expect(await store.claim('k', 9_000)).toEqual({ state: 'done' });
    await store.close();
  });

  // As one writes them with `GET` and `SET`: the suite seen red on Redis.
  const wrong: readonly [
    what: string,
    caseName: string,
    why: RegExp,
    change: (client: Redis) => Partial<IdempotencyStore>,
  ][] = [
    [
      'looks, then claims',
      'of 50 concurrent claims exactly one wins, the others are busy',
      /'claimed',\s+\+ +'claimed'/,
      (client) => ({
        async claim(key, leaseMs) {
          const held = await client.get(key);
          if (held !== null) return { state: held === 'done' ? 'done' : 'busy' };
          const token = randomUUID();
          await client.set(key, token, 'PX', Math.ceil(leaseMs));
          return { state: 'claimed', token };
        },
      }),
    ],
    [
      'releases what another has claimed',
      'a released claim cannot be settled by its old token',
      /true !== false/,
      (client) => ({ release: async (key) => (await client.del(key)) === 1 }),
    ],
    [
      'forgets nothing',
      'a claim whose lease ran out can be claimed again, with another token',
      /busy/,
      (client) => ({
        async claim(key) {
          const token = randomUUID();
          const isFirst = (await client.set(key, token, 'NX')) !== null;
          return isFirst ? { state: 'claimed', token } : { state: 'busy' };
        },
      }),
    ],
  ];
  it.each(wrong)('the suite refuses a store that %s', async (_what, name, why, change) => {
    const keyPrefix = `test-${randomUUID()}:claim:`;
    const client = new Redis(url, { keyPrefix });
    const store = open(keyPrefix.replace(/:claim:$/, ''));
    const cases = idempotencyStoreCases(() => ({ store: { ...store, ...change(client) } }));
    const found = cases.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no case named ${name}`);
    await expect(found.run()).rejects.toThrow(why);
    await store.close();
    client.disconnect();
  });
});

it('redisStore fails soon when Redis is not there, and says so once', async () => {
  const lines: string[] = [];
  const logger = { warn() {}, error: (line: string) => void lines.push(line) };
  const store = redisStore({ connection: `redis://127.0.0.1:${await findFreePort()}`, logger });
  const usableMs = measureUsableMs();
  const claims = Array.from({ length: 5 }, () => store.claim('k', 1_000));
  for (const claim of claims) await expect(claim).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
  expect(usableMs()).toBeLessThan(2_000);
  expect(lines).toEqual([expect.stringMatching(/Nothing listens there/)]);
  await store.close();
});
