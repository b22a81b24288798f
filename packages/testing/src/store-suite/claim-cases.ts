import assert from 'node:assert/strict';
import { longMs, type StoreCaseDefinition } from './store-case.ts';

/** Who may run. */
export const claimCases: readonly StoreCaseDefinition[] = [
  {
    name: 'of 50 concurrent claims exactly one wins, the others are busy',
    async run({ store, key }) {
      const results = await Promise.all(Array.from({ length: 50 }, () => store.claim(key, longMs)));
      const states = results.map(({ state }) => state).sort();
      assert.deepEqual(states, [...Array.from({ length: 49 }, () => 'busy'), 'claimed']);
    },
  },
  {
    name: 'a claimed key is busy',
    async run({ claim, stateOf }) {
      await claim();
      assert.equal(await stateOf(), 'busy');
      assert.equal(await stateOf(), 'busy');
    },
  },
  {
    name: 'a completed key is done',
    async run({ store, key, claim, stateOf }) {
      assert.equal(await store.complete(key, await claim(), longMs), true);
      assert.equal(await stateOf(), 'done');
      assert.equal(await stateOf(), 'done');
    },
  },
  {
    name: 'a released key can be claimed, with another token',
    async run({ store, key, claim }) {
      const token = await claim();
      assert.equal(await store.release(key, token), true);
      assert.notEqual(await claim(), token);
    },
  },
  {
    name: 'after a release exactly one of 50 concurrent claims wins',
    async run({ store, key, claim }) {
      await store.release(key, await claim());
      const results = await Promise.all(Array.from({ length: 50 }, () => store.claim(key, longMs)));
      assert.equal(results.filter(({ state }) => state === 'claimed').length, 1);
    },
  },
  {
    name: 'a wrong token settles nothing',
    async run({ store, key, claim, stateOf }) {
      const token = await claim();
      assert.equal(await store.extend(key, 'wrong', longMs), false);
      assert.equal(await store.complete(key, 'wrong', longMs), false);
      assert.equal(await store.release(key, 'wrong'), false);
      assert.equal(await stateOf(), 'busy');
      assert.equal(await store.complete(key, token, longMs), true);
    },
  },
  {
    name: 'a settled claim cannot be settled again',
    async run({ store, key, claim, stateOf }) {
      const token = await claim();
      await store.complete(key, token, longMs);
      assert.equal(await store.extend(key, token, longMs), false);
      assert.equal(await store.complete(key, token, longMs), false);
      assert.equal(await store.release(key, token), false);
      assert.equal(await stateOf(), 'done');
    },
  },
  {
    name: 'a released claim cannot be settled by its old token',
    async run({ store, key, claim, stateOf }) {
      const old = await claim();
      await store.release(key, old);
      await claim();
      assert.equal(await store.complete(key, old, longMs), false);
      assert.equal(await store.release(key, old), false);
      assert.equal(await stateOf(), 'busy');
    },
  },
  {
    name: 'a key that was never claimed cannot be settled',
    async run({ store, key, stateOf }) {
      assert.equal(await store.extend(key, 'none', longMs), false);
      assert.equal(await store.complete(key, 'none', longMs), false);
      assert.equal(await store.release(key, 'none'), false);
      assert.equal(await stateOf(), 'claimed');
    },
  },
];
