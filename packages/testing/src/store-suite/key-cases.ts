import assert from 'node:assert/strict';
import { longMs, type StoreCaseDefinition } from './store-case.ts';

/** Which keys, and how many. */
export const keyCases: readonly StoreCaseDefinition[] = [
  {
    name: 'keys are independent of each other',
    async run({ store, key, claim, stateOf }) {
      const [done, busy, free] = [`${key}-1`, `${key}-11`, `${key}-2`];
      await store.complete(done, await claim(done), longMs);
      await claim(busy);
      await store.release(free, await claim(free));
      assert.deepEqual([await stateOf(done), await stateOf(busy), await stateOf(free)], ['done', 'busy', 'claimed']);
    },
  },
  {
    name: 'any text is a key: 1 000 characters, any script, line ends, quotes, names of object members',
    async run({ store, key, claim, stateOf }) {
      const texts = [
        '',
        'x'.repeat(1_000),
        'Zoë 🚀 “ключ” 键',
        'a\nb\t\\',
        "'; --",
        '%_*',
        '__proto__',
        'constructor',
        ' a',
        'A',
      ];
      // Behind a prefix of this test, which keeps what is special about them.
      for (const text of texts) {
        const token = await claim(`${key}:${text}`);
        assert.equal(await stateOf(`${key}:${text}`), 'busy', JSON.stringify(text));
        assert.equal(await store.complete(`${key}:${text}`, token, longMs), true, JSON.stringify(text));
      }
      for (const text of texts) assert.equal(await stateOf(`${key}:${text}`), 'done', JSON.stringify(text));
      assert.equal(await stateOf(`${key}: A`), 'claimed', 'keys were made shorter or compared without case');
    },
  },
  {
    name: 'memory is bounded: the oldest finished keys are forgotten, never one that runs',
    async run({ store, key, maxEntries, claim, stateOf }) {
      if (maxEntries === undefined) return;
      const count = maxEntries * 2;
      await claim(`${key}-running`);
      for (let index = 0; index < count; index++) {
        await store.complete(`${key}-${index}`, await claim(`${key}-${index}`), longMs);
      }
      assert.equal(await stateOf(`${key}-running`), 'busy');
      assert.equal(await stateOf(`${key}-${count - 1}`), 'done');
      assert.equal(await stateOf(`${key}-0`), 'claimed');
    },
  },
];
