import { sampleEvent } from '@twenty-webhooks/testing';
import { expect, it } from 'vitest';
import { fieldOfPath, prettyJson } from './pretty-json.ts';

const print = (text: string): string =>
  [...prettyJson(text)]
    .map(({ depth, tokens }) => '  '.repeat(depth) + tokens.map((token) => token.text).join(''))
    .join('\n');

it.each([
  ['an event', sampleEvent('person.updated')],
  ['an event in the other format', sampleEvent('company.deleted', { format: 'envelope' })],
  ['empty ones', { a: {}, b: [], c: [[], {}], d: '' }],
  ['lists of lists', [[1, [2, { x: null }]], true, 'text']],
  ['a single value', 'alone'],
  ['what looks like JSON in strings', { 'a":{': '}],"b":[1', '\\': '\\"', ü: '\n\u2028' }],
])('lays out %s like JSON.stringify', (_, value) => {
  expect(print(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
});

it('keeps numbers, escapes and repeated names as they came, whatever space was between them', () => {
  const text = '{ "a" : 12345678901234567890.10 ,\n"a":"\\u00e9\\/",\t"b" : [ -1E+2 , { } ] }';
  expect(print(text)).toBe(
    '{\n  "a": 12345678901234567890.10,\n  "a": "\\u00e9\\/",\n  "b": [\n    -1E+2,\n    {}\n  ]\n}',
  );
});

it('knows the kinds of tokens', () => {
  const kinds = [...prettyJson('{"a":["x",-1,true,null]}')].flatMap(({ tokens }) => tokens.map(({ kind }) => kind));
  expect(kinds.filter((kind) => kind !== 'punctuation')).toEqual(['key', 'string', 'number', 'literal', 'literal']);
});

it('knows the field that each line belongs to', () => {
  const body = { record: { jobTitle: 'x', emails: { primaryEmail: 'y', more: ['z'] }, name: 'n' }, other: 1 };
  const fields = [...prettyJson(JSON.stringify(body))].map(({ field }) => field);
  expect(fields).toEqual([
    ...[undefined, undefined, 'jobTitle', 'emails', 'emails', 'emails', 'emails', 'emails', 'emails', 'name'],
    ...[undefined, undefined, undefined],
  ]);
});

it.each([
  [['record', 'jobTitle'], 'jobTitle'],
  [['data', 'attributes', 'email'], 'email'],
  [['data', 'previousAttributes', 'email'], 'email'],
  [['event', 'properties', 'after', 'name'], 'name'],
  [['event', 'properties', 'diff', 'name', 'before'], 'name'],
  [['event', 'properties', 'updatedFields', '0'], undefined],
  [['data', 'object'], undefined],
  [['updatedFields', '0'], undefined],
])('finds the field of %s', (path, field) => {
  expect(fieldOfPath(path)).toBe(field);
});

it('takes a string of megabytes', () => {
  const text = JSON.stringify({ long: 'x'.repeat(5_000_000) });
  expect([...prettyJson(text)]).toHaveLength(3);
});
