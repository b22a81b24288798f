import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@twenty-webhooks/core';
import type { SuiteCase } from '../test-runner.ts';
import type { CreateStore } from './store-fixture.ts';

/** A sentence of the contract and how to see whether it holds. */
export interface StoreCaseDefinition {
  readonly name: string;
  readonly run: (bench: StoreBench) => Promise<void>;
}

/** A store with what a test needs around it. */
export interface StoreBench {
  readonly store: IdempotencyStore;
  /** A key that no other test uses. */
  readonly key: string;
  readonly maxEntries: number | undefined;
  /** Let time pass for the store. */
  wait(ms: number): Promise<void>;
  /** Claim a key that must be free; the token. */
  claim(key?: string, leaseMs?: number): Promise<string>;
  /** The state that a claim of a key gives; an extra claim if it is free. */
  stateOf(key?: string): Promise<string>;
}

/** For leases that must not run out during a test, and keys that must not be forgotten. */
export const longMs = 60_000;
/** For leases that run out. Long enough that a slow machine does not let them run out too early. */
export const leaseMs = 800;

export function toStoreCase(createStore: CreateStore, { name, run }: StoreCaseDefinition): SuiteCase {
  return {
    name,
    async run() {
      const { store, advance, maxEntries, close } = await createStore();
      const key = randomUUID();
      const claim = async (one = key, lease = longMs): Promise<string> => {
        const result = await store.claim(one, lease);
        assert.ok(result.state === 'claimed', `${result.state} instead of claimed`);
        assert.ok(typeof result.token === 'string' && result.token !== '', 'a claim needs a token');
        return result.token;
      };
      const stateOf = async (one = key): Promise<string> => (await store.claim(one, longMs)).state;
      try {
        await run({ store, key, maxEntries, wait: async (ms) => await (advance ?? sleep)(ms), claim, stateOf });
      } finally {
        await close?.();
      }
    },
  };
}
