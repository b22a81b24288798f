import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['creatd', 3, 'created'],
  ['CREATED', 0, 'created'],
  ['deletd', 1, 'deleted'],
  ['x', 3, undefined],
  ['', 7, 'created'],
  // As far from one as from the other.
  ['xeleted', 4, 'deleted'],
  ['abated', 3, 'created'],
])('%j within %i is %j', (word, limit, found) => {
  expect(nearest(word, ['created', 'deleted', 'updated'], limit)).toBe(found);
});

it('takes the first of those that are equally near', () => {
  expect(nearest('ac', ['ab', 'ad'], 1)).toBe('ab');
  expect(nearest('ab', ['zz', 'ab', 'ac'], 2)).toBe('ab');
});
