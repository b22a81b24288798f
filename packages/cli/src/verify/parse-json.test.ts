import { expect, test } from 'vitest';
import { bodyVariants } from './body-repairs.ts';
import { isTooDeep, parseJson } from './parse-json.ts';

test('JSON, and what is none', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson('{"a":')).toBeUndefined();
});

test('nested too deep; brackets in strings do not count, escaped quotes do not end them', () => {
  expect(isTooDeep('['.repeat(200) + ']'.repeat(200))).toBe(false);
  expect(isTooDeep('['.repeat(201) + ']'.repeat(201))).toBe(true);
  expect(isTooDeep(`["\\"${'['.repeat(300)}"]`)).toBe(false);
  expect(isTooDeep(`[${'[],'.repeat(300)}0]`)).toBe(false);
});

test.each([4_500, 100_000])('nothing is written of a body with %i levels', (levels) => {
  for (const text of [
    '['.repeat(levels) + ']'.repeat(levels),
    `{"x":1,"body":${'['.repeat(levels)}${']'.repeat(levels)}}`,
  ]) {
    for (const { findings } of bodyVariants(Buffer.from(text)))
      expect(findings.map(({ cause }) => cause)).not.toContain('body-reserialised');
  }
});
