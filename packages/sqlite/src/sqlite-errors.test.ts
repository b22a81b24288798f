import { expect, test } from 'vitest';
import { isBusy, isDamaged } from './sqlite-errors.ts';

test('Node tells by a code, also an extended one', () => {
  expect(isBusy(Object.assign(new Error('x'), { errcode: 5 }))).toBe(true);
  expect(isBusy(Object.assign(new Error('x'), { errcode: 261 }))).toBe(true);
  expect(isDamaged(Object.assign(new Error('x'), { errcode: 11 }))).toBe(true);
  expect(isDamaged(Object.assign(new Error('x'), { errcode: 26 }))).toBe(true);
});

test('Deno tells by the words of SQLite alone', () => {
  expect(isBusy(new Error('database is locked'))).toBe(true);
  expect(isDamaged(new Error('file is not a database'))).toBe(true);
  expect(isDamaged(new Error('database disk image is malformed'))).toBe(true);
});

test.each([undefined, null, 'database', new Error('disk I/O error'), Object.assign(new Error('x'), { errcode: 13 })])(
  'neither is %s',
  (error) => {
    expect([isBusy(error), isDamaged(error)]).toEqual([false, false]);
  },
);
