import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IdempotencyStore, memoryStore } from '@twenty-webhooks/core';
import type { CreateStore } from '../store-suite/store-fixture.ts';

/** Stores as people write them. Each is wrong in one way, which its name says. */
export const wrongStores = {
  checksThenInserts: wrong(({ store }) => {
    const seen = new Set<string>();
    return {
      ...store,
      async claim(key, leaseMs) {
        const isSeen = seen.has(key);
        await nextTurn();
        if (isSeen) return store.claim(key, leaseMs);
        seen.add(key);
        await store.claim(key, leaseMs);
        return { state: 'claimed', token: String(Math.random()) };
      },
    };
  }),

  neverReleases: wrong(({ store }) => ({ ...store, release: async () => true })),

  neverExpires: wrong(({ store }) => ({ ...store, claim: (key) => store.claim(key, 1_000_000_000) })),

  neverForgets: wrong(({ store }) => ({
    ...store,
    complete: (key, token) => store.complete(key, token, 1_000_000_000),
  })),

  forgetsAfterTheLease: wrong(({ store }) => ({
    ...store,
    // Remembers the end of the lease instead of the time to live.
    complete: (key, token) => store.complete(key, token, 200),
  })),

  doesNotExtend: wrong(({ store }) => ({ ...store, extend: async () => true })),

  letsOldTokensSettle: wrong(({ store }) => {
    const current = new Map<string, string>();
    const newest = (key: string): string => current.get(key) ?? '';
    return {
      async claim(key, leaseMs) {
        const result = await store.claim(key, leaseMs);
        if (result.state === 'claimed') current.set(key, result.token);
        return result;
      },
      extend: (key, _token, leaseMs) => store.extend(key, newest(key), leaseMs),
      complete: (key, _token, ttlMs) => store.complete(key, newest(key), ttlMs),
      release: (key) => store.release(key, newest(key)),
    };
  }),

  reusesTokens: wrong(({ store }) => {
    const tokens = new Map<string, string>();
    const real = (key: string, token: string): string => (token === key ? (tokens.get(key) ?? '') : '');
    return {
      async claim(key, leaseMs) {
        const result = await store.claim(key, leaseMs);
        if (result.state !== 'claimed') return result;
        tokens.set(key, result.token);
        return { state: 'claimed', token: key };
      },
      extend: (key, token, leaseMs) => store.extend(key, real(key, token), leaseMs),
      complete: (key, token, ttlMs) => store.complete(key, real(key, token), ttlMs),
      release: (key, token) => store.release(key, real(key, token)),
    };
  }),

  saysDoneWhileBusy: wrong(({ store }) => ({
    ...store,
    async claim(key, leaseMs) {
      const result = await store.claim(key, leaseMs);
      return result.state === 'busy' ? { state: 'done' } : result;
    },
  })),

  cutsKeys: wrong(({ store }) => ({
    ...store,
    claim: (key, leaseMs) => store.claim(key.toLowerCase().slice(0, 255), leaseMs),
  })),

  growsForever: wrong(({ endless }) => endless),
} satisfies Record<string, CreateStore>;

type Stores = { readonly store: IdempotencyStore; readonly endless: IdempotencyStore };

function wrong(spoil: (stores: Stores) => IdempotencyStore): CreateStore {
  return () => {
    let nowMs = 1_000;
    const now = (): number => nowMs;
    const advance = (ms: number): void => {
      nowMs += ms;
    };
    const maxEntries = 20;
    const store = spoil({ store: memoryStore({ maxEntries, now }), endless: memoryStore({ maxEntries: 1_000, now }) });
    return { store, advance, maxEntries };
  };
}
