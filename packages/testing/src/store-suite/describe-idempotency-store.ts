import { registerCases, type SuiteCase, type TestRunner } from '../test-runner.ts';
import { claimCases } from './claim-cases.ts';
import { expiryCases } from './expiry-cases.ts';
import { keyCases } from './key-cases.ts';
import { toStoreCase } from './store-case.ts';
import type { CreateStore } from './store-fixture.ts';

/**
 * Register every test of the contract of idempotency stores.
 *
 * @param runner default: the global `describe` and `it`
 * @example
 * describeIdempotencyStore('redisStore', () => ({ store: redisStore(client) }), { describe, it });
 */
export function describeIdempotencyStore(name: string, createStore: CreateStore, runner?: TestRunner): void {
  registerCases(`${name} keeps the contract of idempotency stores`, idempotencyStoreCases(createStore), runner);
}

/** The same tests as data. The memory bound passes unseen for stores without `maxEntries`. */
export function idempotencyStoreCases(createStore: CreateStore): readonly SuiteCase[] {
  return [...claimCases, ...expiryCases, ...keyCases].map((definition) => toStoreCase(createStore, definition));
}
