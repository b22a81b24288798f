import { expect, test } from 'vitest';
import { after } from './after.ts';
import { createThenable } from './testdata/deliveries.ts';

test('what is there at once takes no turn of the queue', () => {
  expect(after(1, (value) => value + 1)).toBe(2);
  expect(after(undefined, (value) => String(value))).toBe('undefined');
});

test('promises, and whatever else has then, are waited for', async () => {
  const thenable = createThenable((done: (value: string) => void) => done('then'));
  const results = [after(Promise.resolve('promise'), (value) => [value]), after(thenable, (value) => [value])];
  expect(results).toEqual([expect.any(Promise), expect.any(Promise)]);
  expect(await Promise.all(results)).toEqual([['promise'], ['then']]);
  expect(await after(1, (value) => Promise.resolve(value + 1))).toBe(2);
});

test('what rejects can be told apart from what goes on', async () => {
  const failed = (cause: unknown) => `failed: ${cause}`;
  expect(await after(Promise.reject('no'), () => 'on', failed)).toBe('failed: no');
  expect(await after(Promise.resolve('yes'), String, failed)).toBe('yes');
});

test('what throws is thrown if nothing was waited for, else rejects', async () => {
  const fails = (): never => {
    throw new Error('no');
  };
  expect(() => after(1, fails)).toThrow('no');
  await expect(after(Promise.resolve(), fails)).rejects.toThrow('no');
  await expect(after(Promise.reject(new Error('before')), fails)).rejects.toThrow('before');
});
