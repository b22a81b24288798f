import { type IdempotencyStore, memoryStore } from '@twenty-webhooks/core';
import type { OpenStore } from '../properties/stores.ts';

const changed =
  (change: (store: IdempotencyStore, now: () => number) => Partial<IdempotencyStore>): OpenStore =>
  (now) => {
    const store = memoryStore({ now });
    return { ...store, ...change(store, now) };
  };

export const unchanged = changed(() => ({}));

export const neverReleasing = changed(() => ({ release: async () => true }));

export const forgettingWhatIsDone = changed((store) => ({ complete: (key, token) => store.release(key, token) }));

/** A lease that never runs out. */
export const forEver = changed((store) => ({ claim: (key) => store.claim(key, 1e9) }));

/** Whoever comes may end the run of another. */
export const takingAnyToken = (): OpenStore => {
  const tokens = new Map<string, string>();
  return changed((store) => ({
    async claim(key, leaseMs) {
      const result = await store.claim(key, leaseMs);
      if (result.state === 'claimed') tokens.set(key, result.token);
      return result;
    },
    complete: (key, _token, ttlMs) => store.complete(key, tokens.get(key) ?? '', ttlMs),
  }));
};

export const extendingNothing = changed(() => ({ extend: async () => true }));
