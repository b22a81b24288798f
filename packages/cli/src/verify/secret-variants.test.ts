import { expect, test } from 'vitest';
import { secretVariants } from './secret-variants.ts';

test.each([
  ['abc\n', 'abc', 'secret-trailing-newline'],
  ['abc\r\n', 'abc', 'secret-trailing-newline'],
  ['abc\n\n', 'abc', 'secret-trailing-newline'],
  ['abc \n', 'abc', 'secret-white-space'],
  // The newline alone: the secret may end with a space.
  ['abc \n', 'abc ', 'secret-trailing-newline'],
  ['\nabc', 'abc', 'secret-white-space'],
  ['a', 'a\n', 'secret-trailing-newline'],
  ['"abc"', 'abc', 'secret-quoted'],
  [' "abc"\n', 'abc', 'secret-quoted'],
  ['abc', '"abc"', 'secret-quoted'],
  ['export SECRET="abc"', 'abc', 'secret-altered'],
  ['SECRET=abc;', 'abc', 'secret-altered'],
  ['abc;', 'abc', 'secret-altered'],
  ['"abc",', 'abc', 'secret-altered'],
  ['sha256=abc', 'abc', 'secret-altered'],
  ['"abc', 'abc', 'secret-quoted'],
  ['abc"', 'abc', 'secret-quoted'],
  ['abc # of the CRM', 'abc', 'secret-altered'],
  ['abc\ndef', 'abc', 'secret-altered'],
  ['a%2Fb', 'a/b', 'secret-altered'],
  ['\uFEFFabc', 'abc', 'secret-white-space'],
])('%j may be meant as %j', (given, meant, cause) => {
  const variant = secretVariants(given).find(({ key }) => key === meant);
  expect(variant?.findings[0]?.cause).toBe(cause);
});

test('a prefix is not called a variable', () => {
  const [finding] = secretVariants('sha256=abc').find(({ key }) => key === 'abc')?.findings ?? [];
  expect(finding?.detail).toContain('sha256=');
});

test('never the secret itself, never one twice, never an empty one', () => {
  for (const secret of ['abc', ' ', '""', '\n', 'ABCDEF0123456789']) {
    const keys = secretVariants(secret).map(({ key }) => key);
    expect(keys).not.toContain(secret);
    expect(keys.every((key) => key.length > 0)).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
  }
});
