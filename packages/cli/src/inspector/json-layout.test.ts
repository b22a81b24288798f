import { expect, it } from 'vitest';
import { layOutJson } from './json-layout.ts';

it('is nothing for what is no JSON', () => {
  for (const text of ['', '{', '{"a":1}x', '\ufeff{}', 'NaN']) expect(layOutJson(text, false), text).toBeUndefined();
});

it('cuts many lines, and shows all when it is told to', () => {
  const text = JSON.stringify(Array.from({ length: 3_000 }, (_, index) => index));
  expect(layOutJson(text, false)).toMatchObject({ isCut: true, lines: { length: 2_000 } });
  expect(layOutJson(text, true)).toMatchObject({ isCut: false, lines: { length: 3_002 } });
});

it('cuts long strings', () => {
  const text = JSON.stringify({ short: 'a', long: 'x'.repeat(600_000), after: 1 });
  const layout = layOutJson(text, false);
  const shown = layout?.lines.flatMap(({ tokens }) => tokens.map((token) => token.text)).join('') ?? '';
  expect(layout?.isCut).toBe(true);
  expect(shown.length).toBeGreaterThan(499_900);
  expect(shown.length).toBeLessThan(500_010);
});
