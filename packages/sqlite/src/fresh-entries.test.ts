import { expect, test } from 'vitest';
import { createFreshEntries } from './fresh-entries.ts';

const delivery = { receivedAtMs: 1, scheme: 'plain', secretIndex: 0, signedAtMs: undefined, nonce: undefined } as const;
const entryOf = (size: number) => ({ body: new Uint8Array(size), delivery });

function setup() {
  let nowMs = 0;
  const fresh = createFreshEntries(() => nowMs);
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  return { fresh, wait };
}

test('is had once', () => {
  const { fresh } = setup();
  const entry = entryOf(1);
  fresh.add('k', entry);
  expect([fresh.take('other'), fresh.take('k'), fresh.take('k')]).toEqual([undefined, entry, undefined]);
});

test('is not had after half a minute', () => {
  const { fresh, wait } = setup();
  fresh.add('a', entryOf(1));
  wait(29_999);
  fresh.add('b', entryOf(1));
  wait(1);
  expect(fresh.take('a')).toBeUndefined();
  expect(fresh.take('b')).toBeDefined();
});

test('the oldest go first, by number, by size, by age', () => {
  const { fresh, wait } = setup();
  for (let index = 0; index < 501; index++) fresh.add(`k${index}`, entryOf(1));
  expect([fresh.take('k0'), fresh.take('k1')]).toEqual([undefined, entryOf(1)]);
  fresh.add('large', entryOf(4 * 1024 * 1024));
  expect([fresh.take('k500'), fresh.take('large')]).toEqual([undefined, entryOf(4 * 1024 * 1024)]);
  // What was taken no longer counts.
  fresh.add('again', entryOf(4 * 1024 * 1024));
  wait(30_000);
  fresh.add('new', entryOf(1));
  expect([fresh.take('again'), fresh.take('new')]).toEqual([undefined, entryOf(1)]);
  fresh.add('last', entryOf(1));
  fresh.clear();
  expect(fresh.take('last')).toBeUndefined();
});
