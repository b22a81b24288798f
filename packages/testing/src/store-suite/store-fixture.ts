import type { IdempotencyStore } from '@twenty-webhooks/core';

/** A store for one test. */
export interface StoreUnderTest {
  readonly store: IdempotencyStore;
  /** Let the store's clock go on; without it the suite waits in real time, some seconds in all. */
  readonly advance?: ((ms: number) => void | Promise<void>) | undefined;
  /** How many finished keys it remembers at the most; only then the memory bound is tested. */
  readonly maxEntries?: number | undefined;
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** Make a store for one test. All may share one database: keys are random. */
export type CreateStore = () => StoreUnderTest | Promise<StoreUnderTest>;
