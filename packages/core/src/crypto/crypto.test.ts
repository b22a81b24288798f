import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as picked from '#crypto';
import { toBytes } from '../testdata/deliveries.ts';
import type { Crypto } from './contract.ts';
import * as node from './node.ts';
import * as web from './web.ts';

// The two files behind `#crypto` promise the same.
const builds: [name: string, crypto: Crypto<unknown>][] = [
  ['node', node as Crypto<unknown>],
  ['web', web as Crypto<unknown>],
];

test('the project of this run is on the build that it names', () => {
  expect(picked.immediate).toBe(process.env.CORE_CRYPTO !== 'web');
});

describe.each(builds)('%s', (_, { importKey, findKey, digest }) => {
  const body = toBytes('{"é":1}');
  const hmac = (key: string, prefix = '') => createHmac('sha256', key).update(prefix).update(body).digest('hex');

  test('finds the key among several, whichever it is', async () => {
    const keys = ['a', 'é-secret', 'c'].map(importKey);
    expect(await findKey(keys, '1:', body, hmac('a', '1:'))).toBe(0);
    expect(await findKey(keys, '1:', body, hmac('é-secret', '1:'))).toBe(1);
    expect(await findKey(keys, '1:', body, hmac('c', '1:'))).toBe(2);
  });

  test('finds none without keys, for another prefix, or for another body', async () => {
    const keys = [importKey('a')];
    expect(await findKey([], '1:', body, hmac('a', '1:'))).toBe(-1);
    expect(await findKey(keys, '2:', body, hmac('a', '1:'))).toBe(-1);
    expect(await findKey(keys, '', body, hmac('a', '1:'))).toBe(-1);
    expect(await findKey(keys, '1:', toBytes('{}'), hmac('a', '1:'))).toBe(-1);
  });

  test('finds a signature without a prefix', async () => {
    expect(await findKey([importKey('a')], '', body, hmac('a'))).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['too short', 'ab'.repeat(31)],
    ['no hex', 'zz'.repeat(32)],
    ['hex and no hex', `${'ab'.repeat(31)}zz`],
    ['spaces', ' '.repeat(64)],
    ['half of the digits signed', `-${'a'.repeat(63)}`],
  ])('finds none for %s', async (_case, hex) => {
    expect(await findKey([importKey('a')], '', body, hex)).toBe(-1);
  });

  test('finds none for letters that share a low byte with a digit, or a lower case', async () => {
    const genuine = hmac('a');
    for (const [index, digit] of [...genuine].entries()) {
      const other = String.fromCharCode(0x100 + digit.charCodeAt(0));
      expect(
        await findKey([importKey('a')], '', body, genuine.slice(0, index) + other + genuine.slice(index + 1)),
      ).toBe(-1);
    }
    expect(await findKey([importKey('a')], '', body, `\u0130${genuine.slice(1)}`)).toBe(-1);
  });

  test('takes the digits in either case', async () => {
    expect(await findKey([importKey('a')], '', body, hmac('a').toUpperCase())).toBe(0);
  });

  test('one call leaves nothing behind for the next', async () => {
    const keys = [importKey('a')];
    expect(await findKey(keys, '', body, hmac('a'))).toBe(0);
    expect(await findKey(keys, '', body, hmac('b'))).toBe(-1);
    expect(await findKey(keys, '', body, `${hmac('a').slice(0, 62)}zz`)).toBe(-1);
    expect(await findKey(keys, '', toBytes('x'), '')).toBe(-1);
    const both = [findKey(keys, '', body, hmac('a')), findKey(keys, '', body, hmac('b'))];
    expect(await Promise.all(both)).toEqual([0, -1]);
  });

  test('digests parts as one', async () => {
    const expected = createHash('sha256').update('abc').digest('hex');
    expect(await digest([toBytes('abc')])).toBe(expected);
    expect(await digest([toBytes('a'), toBytes(''), toBytes('bc')])).toBe(expected);
    expect(await digest([toBytes('xabcx').subarray(1, 4)])).toBe(expected);
    expect(await digest([])).toBe(createHash('sha256').digest('hex'));
  });

  test('agrees with OpenSSL on any secret, prefix and body', async () => {
    const property = fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      fc.string(),
      fc.uint8Array({ maxLength: 300 }),
      async (key, prefix, bytes) => {
        const hex = createHmac('sha256', Buffer.from(key, 'utf8')).update(prefix).update(bytes).digest('hex');
        expect(await findKey([importKey(`${key}.`), importKey(key)], prefix, bytes, hex)).toBe(1);
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });
});

describe.each(builds)('%s decodes', (_, { decodeUtf8 }) => {
  const paddings = [0, 40_000];

  test.each(paddings)('UTF-8 and nothing else, after %i characters', (padding) => {
    const before = 'x'.repeat(padding);
    for (const text of ['', 'é', '🚀', '\uFFFD', '\uFEFF']) {
      expect(decodeUtf8(toBytes(before + text))).toBe(padding === 0 && text === '\uFEFF' ? '' : before + text);
    }
    for (const bad of [
      [0xff],
      [0xc3],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x9a],
      [0xc0, 0xaf],
      [0xef, 0xbf, 0xbd, 0xff],
    ]) {
      expect(decodeUtf8(Uint8Array.from([...toBytes(before), ...bad]))).toBeUndefined();
    }
  });

  test.each(paddings)('without a byte order mark in front, before %i characters', (padding) => {
    const after = 'x'.repeat(padding);
    expect(decodeUtf8(toBytes(`\uFEFF${after}`))).toBe(after);
    expect(decodeUtf8(toBytes(`\uFEFF\uFEFF${after}`))).toBe(`\uFEFF${after}`);
  });

  test('bytes that stand inside others', () => {
    const bytes = toBytes(`é${'x'.repeat(40_000)}é`);
    expect(decodeUtf8(bytes.subarray(2, -2))).toBe('x'.repeat(40_000));
  });
});
