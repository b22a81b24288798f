import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HeadersLike, readHead } from './request-head.ts';

const none = {};

const all = {
  'content-encoding': 'gzip',
  'content-length': '12',
  'x-twenty-webhook-signature': 'aa',
  'x-twenty-webhook-timestamp': '1',
  'x-twenty-webhook-nonce': 'bb',
  'x-twenty-signature': 'sha256=cc',
};
const read = all;

const twisted = (change: (name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [change(name), value]));

describe('reads all six', () => {
  test.each<[what: string, headers: HeadersLike]>([
    ['Headers', new Headers(all)],
    ['Headers with other capitals', new Headers(twisted((name) => name.toUpperCase()))],
    ['a Request', new Request('http://localhost', { headers: all }).headers],
    ['a record as of Node', all],
    ['a record in upper case', twisted((name) => name.toUpperCase())],
    ['a record as Twenty writes it', twisted((name) => name.replace(/\b\w/g, (letter) => letter.toUpperCase()))],
    ['a record of lists', Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]]))],
    ['a record without a prototype', Object.assign(Object.create(null), all)],
    ['a Map', new Map(Object.entries(all)) as never],
    ['another object with `get`', { get: (name: string) => all[name as keyof typeof all] ?? null }],
    ['a frozen record', Object.freeze({ ...all })],
    [
      'a record among other headers',
      { host: 'a', 'user-agent': 'axios/1', ...all, 'content-type': 'application/json' },
    ],
  ])('of %s', (_, headers) => {
    expect(readHead(headers)).toEqual(read);
  });
});

describe('a repeated header', () => {
  test('is joined, so that none of its values is believed', () => {
    expect(readHead({ 'x-twenty-signature': ['a', 'b'] })).toEqual({ ...none, 'x-twenty-signature': 'a, b' });
    const headers = new Headers();
    headers.append('x-twenty-signature', 'a');
    headers.append('X-Twenty-Signature', 'b');
    expect(readHead(headers)).toEqual({ ...none, 'x-twenty-signature': 'a, b' });
  });

  test('is joined also if its names differ in case only', () => {
    const record = {
      'x-twenty-webhook-signature': 'a',
      'X-Twenty-Webhook-Signature': ['b', 'c'],
      'X-TWENTY-WEBHOOK-SIGNATURE': 'd',
    };
    expect(readHead(record)).toEqual({ ...none, 'x-twenty-webhook-signature': 'a, b, c, d' });
  });

  test('joined with nothing is no single value either', () => {
    expect(readHead({ 'x-twenty-signature': 'a', 'X-Twenty-Signature': '' })['x-twenty-signature']).not.toBe('a');
    expect(readHead({ 'x-twenty-signature': ['a', ''] })['x-twenty-signature']).not.toBe('a');
  });

  test('does not hide the others of a record in mixed case', () => {
    const mixed = twisted((name) => (name === 'x-twenty-webhook-signature' ? name : name.toUpperCase()));
    expect(readHead(mixed)).toEqual(read);
  });

  test('of which one is undefined came once', () => {
    expect(readHead({ 'x-twenty-signature': undefined, 'X-Twenty-Signature': 'b' })).toEqual({
      ...none,
      'x-twenty-signature': 'b',
    });
  });
});

test('what is absent is undefined, what is empty is empty', () => {
  expect(readHead({})).toEqual(none);
  expect(readHead(new Headers())).toEqual(none);
  expect(readHead(new Map() as never)).toEqual(none);
  expect(readHead({ 'x-twenty-signature': undefined, 'content-length': '' })).toEqual({
    ...none,
    'content-length': '',
  });
  expect(readHead({ 'x-twenty-signature': [] })['x-twenty-signature']).toBeFalsy();
});

test('names of Object.prototype and of Headers are headers like others', () => {
  const odd = JSON.parse(
    '{"__proto__":"x","constructor":"x","toString":"x","get":"x","hasownproperty":"x","entries":"x"}',
  );
  expect(readHead({ ...odd, ...all })).toEqual(read);
  expect(readHead(odd)).toEqual(none);
  expect(readHead({ get: ['a', 'b'], ...all })).toEqual(read);
  for (const name of ['__proto__12345', 'constructor123', 'x-twenty-webhook-signaturf'])
    expect(readHead({ [name]: 'x' })).toEqual(none);
});

test('names that only look alike do not count', () => {
  const names = [
    'x-twenty-signature ',
    'x_twenty_signature',
    'x-twenty-sıgnature',
    'x-twenty-ſignature',
    'x-twenty-webhook-signature2',
    'content-lengtH\u0000',
  ];
  for (const name of names) expect(readHead({ [name]: 'x' })).toEqual(none);
});

test('a record reads like Headers', () => {
  const value = fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/);
  const name = fc.oneof(fc.constantFrom(...Object.keys(all)), fc.stringMatching(/^[a-zA-Z-]{1,30}$/));
  const cased = fc
    .tuple(name, fc.boolean())
    .map(([text, isUpper]) => (isUpper ? text.toUpperCase() : text.toLowerCase()));
  const property = fc.property(fc.array(fc.tuple(cased, value)), (pairs) => {
    const record: Record<string, string[]> = Object.create(null);
    for (const [key, one] of pairs) record[key] = [...(record[key] ?? []), one];
    const ordered = Object.entries(record).flatMap(([key, values]) =>
      values.map((one): [string, string] => [key, one]),
    );
    expect(readHead(record)).toEqual(readHead(new Headers(ordered)));
  });
  fc.assert(property);
});
