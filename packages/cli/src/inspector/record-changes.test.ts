import { expect, it } from 'vitest';
import { recordChanges } from './record-changes.ts';

it('finds what was changed, added and taken out, at any depth', () => {
  const before = { name: { firstName: 'Ada', lastName: 'Byron' }, tags: ['a', 'b'], city: null, gone: 1 };
  const after = { name: { firstName: 'Ada', lastName: 'Lovelace' }, tags: ['a'], city: 'London', fresh: { x: [1] } };
  const changes = recordChanges(before, after, []);
  expect(Object.fromEntries(changes?.map(({ path, before, after }) => [path, [before, after]]) ?? [])).toEqual({
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
  expect(changes?.map(({ path, isUnannounced }) => [path, isUnannounced])).toEqual([
    ['jobTitle', false],
    ['city', true],
    ['updatedAt', false],
    ['position', false],
  ]);
});

it('finds nothing in equal records', () => {
  expect(recordChanges({ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: null }] } }, ['a'])).toEqual([]);
});

it('sees that a field is gone, whatever its name', () => {
  expect(recordChanges({ constructor: 1, toString: 'x', name: 1 }, { name: 1 }, [])).toMatchObject([
    { path: 'constructor', after: undefined },
    { path: 'toString', after: undefined },
  ]);
});

it('gives up on what is nested too deep, be it in both or new', () => {
  const nested = (leaf: number): Record<string, unknown> =>
    JSON.parse(`{"a":${'['.repeat(100_000)}${leaf}${']'.repeat(100_000)}}`);
  expect(recordChanges(nested(1), nested(2), [])).toBeUndefined();
  expect(recordChanges({}, nested(1), [])).toBeUndefined();
});
