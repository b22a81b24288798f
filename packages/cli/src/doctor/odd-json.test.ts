import { sampleEvent } from '@twenty-webhooks/testing';
import { describe, expect, it } from 'vitest';
import { oddJson, pythonJson } from './odd-json.ts';

describe.each([
  ['oddJson', oddJson],
  ['pythonJson', pythonJson],
])('%s', (_name, write) => {
  it.each(['server', 'envelope'] as const)('means the same, in other bytes than JSON.stringify: %s', (format) => {
    const event = sampleEvent('opportunity.updated', { format });
    expect(JSON.parse(write(event))).toEqual(event);
    expect(write(event)).not.toBe(JSON.stringify(event));
  });
});

it('writes what JSON.stringify never would', () => {
  expect(oddJson({ a: [1, 'é/🚀'], b: null, c: 1.5, d: true })).toBe(
    '{ "a" : [ 1.0 , "\\u00e9\\/\\ud83d\\ude80" ] , "b" : null , "c" : 1.5 , "d" : true\n}',
  );
});

it('writes as json.dumps does', () => {
  expect(pythonJson({ a: [1, 'é/'], b: {}, c: [] })).toBe('{"a": [1, "\\u00e9/"], "b": {}, "c": []}');
});
