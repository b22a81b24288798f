import assert from 'node:assert/strict';
import { leaseMs, longMs, type StoreCaseDefinition } from './store-case.ts';

/** How long. */
export const expiryCases: readonly StoreCaseDefinition[] = [
  {
    name: 'a claim whose lease ran out can be claimed again, with another token',
    async run({ key, claim, wait }) {
      const old = await claim(key, leaseMs);
      await wait(leaseMs * 1.5);
      assert.notEqual(await claim(key), old);
    },
  },
  {
    name: 'exactly one of 50 concurrent claims gets a lease that ran out',
    async run({ store, key, claim, wait }) {
      await claim(key, leaseMs);
      await wait(leaseMs * 1.5);
      const results = await Promise.all(Array.from({ length: 50 }, () => store.claim(key, longMs)));
      assert.equal(results.filter(({ state }) => state === 'claimed').length, 1);
    },
  },
  {
    name: 'who lost the lease can neither extend, complete nor release the new claim',
    async run({ store, key, claim, stateOf, wait }) {
      const old = await claim(key, leaseMs);
      await wait(leaseMs * 1.5);
      const token = await claim(key);
      assert.equal(await store.extend(key, old, longMs), false);
      assert.equal(await store.complete(key, old, longMs), false);
      assert.equal(await store.release(key, old), false);
      assert.equal(await stateOf(), 'busy');
      assert.equal(await store.complete(key, token, longMs), true);
      assert.equal(await stateOf(), 'done');
    },
  },
  {
    name: 'an extended lease starts anew',
    async run({ store, key, claim, stateOf, wait }) {
      const token = await claim(key, leaseMs);
      await wait(leaseMs * 0.5);
      assert.equal(await store.extend(key, token, leaseMs * 2), true);
      await wait(leaseMs);
      assert.equal(await stateOf(), 'busy');
      await wait(leaseMs * 1.5);
      assert.equal(await stateOf(), 'claimed');
    },
  },
  {
    name: 'a completed key is done for its time, however short its lease was, and then free',
    async run({ store, key, claim, stateOf, wait }) {
      await store.complete(key, await claim(key, leaseMs * 0.5), leaseMs * 2);
      await wait(leaseMs);
      assert.equal(await stateOf(), 'done');
      await wait(leaseMs * 1.5);
      assert.equal(await stateOf(), 'claimed');
    },
  },
];
