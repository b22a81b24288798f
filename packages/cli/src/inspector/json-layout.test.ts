import { expect, it } from 'vitest';
import { firstLimit, lastLimit, layOutJson } from './json-layout.ts';

it('is nothing for what is no JSON', () => {
  for (const text of ['', '{', '{"a":1}x', '\ufeff{}', 'NaN'])
    expect(layOutJson(text, firstLimit), text).toBeUndefined();
});

it('cuts many lines, and shows more when it is told to, but never more than a page can bear', () => {
  const text = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => index));
  expect(layOutJson(text(3_000), firstLimit)).toMatchObject({ isCut: true, lines: { length: 2_000 } });
  expect(layOutJson(text(3_000), lastLimit)).toMatchObject({ isCut: false, lines: { length: 3_002 } });
  expect(layOutJson(text(30_000), lastLimit)).toMatchObject({ isCut: true, lines: { length: 20_000 } });
});

it('cuts long strings', () => {
  const text = JSON.stringify({ short: 'a', long: 'x'.repeat(600_000), after: 1 });
  const layout = layOutJson(text, firstLimit);
  const shown = layout?.lines.flatMap(({ tokens }) => tokens.map((token) => token.text)).join('') ?? '';
  expect(layout?.isCut).toBe(true);
  expect(shown.length).toBeGreaterThan(499_900);
  expect(shown.length).toBeLessThan(500_010);
});

it('takes what is nested without end', () => {
  expect(layOutJson('['.repeat(100_000) + ']'.repeat(100_000), lastLimit)?.lines).toHaveLength(20_000);
});
