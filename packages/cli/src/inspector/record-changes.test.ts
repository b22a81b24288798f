import { expect, it } from 'vitest';
import { recordChanges } from './record-changes.ts';

it('finds what was changed, added and taken out, at any depth', () => {
  const before = { name: { firstName: 'Ada', lastName: 'Byron' }, tags: ['a', 'b'], city: null, gone: 1 };
  const after = { name: { firstName: 'Ada', lastName: 'Lovelace' }, tags: ['a'], city: 'London', fresh: { x: [1] } };
  const changes = recordChanges(before, after, []);
  expect(Object.fromEntries(changes.map(({ path, before, after }) => [path, [before, after]]))).toEqual({
    'name.lastName': ['"Byron"', '"Lovelace"'],
    'tags[1]': ['"b"', undefined],
    city: ['null', '"London"'],
    gone: ['1', undefined],
    fresh: [undefined, '{"x":[1]}'],
  });
});

it('puts first what the event names, last what changes with every write, and marks what it should have named', () => {
  const before = { updatedAt: 1, city: 'a', position: 1, jobTitle: 'a' };
  const after = { updatedAt: 2, city: 'b', position: 2, jobTitle: 'b' };
  const changes = recordChanges(before, after, ['jobTitle']);
  expect(changes.map(({ path, isUnannounced }) => [path, isUnannounced])).toEqual([
    ['jobTitle', false],
    ['city', true],
    ['updatedAt', false],
    ['position', false],
  ]);
});

it('finds nothing in equal records', () => {
  expect(recordChanges({ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: null }] } }, ['a'])).toEqual([]);
});
