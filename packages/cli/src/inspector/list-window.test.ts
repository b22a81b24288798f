import { expect, it } from 'vitest';
import { listWindow, scrollTopFor } from './list-window.ts';

it('draws every row in sight at every scroll position, and few others', () => {
  for (const rows of [0, 1, 7, 10_000]) {
    const longest = Math.max(0, rows * 50 - 600);
    for (const scrollTop of [0, 1, 49, 50, 25_017, longest].filter((top) => top <= longest)) {
      const { first, end } = listWindow(rows, 50, scrollTop, 600);
      const inSight = `${rows} rows at ${scrollTop}`;
      expect(first, inSight).toBeLessThanOrEqual(Math.floor(scrollTop / 50));
      expect(end, inSight).toBeGreaterThanOrEqual(Math.min(rows, Math.ceil((scrollTop + 600) / 50)));
      expect(end - first, inSight).toBeLessThan(50);
    }
  }
});

it('stays within the rows when the list has become shorter than where it was scrolled to', () => {
  expect(listWindow(20, 50, 500_000, 600)).toEqual({ first: 0, end: 20 });
});

it('scrolls no further than needed', () => {
  expect(scrollTopFor(3, 50, 100, 600)).toBe(100);
  expect(scrollTopFor(1, 50, 100, 600)).toBe(50);
  expect(scrollTopFor(20, 50, 100, 600)).toBe(450);
});
