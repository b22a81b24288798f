import { expect, it } from 'vitest';
import { formatHash, parseHash } from './location-hash.ts';

it('keeps the delivery and the filters, whatever is in them', () => {
  const place = {
    selectedId: 12,
    filter: { text: 'a&b=#ü "x"', verdict: 'refused', event: 'person.created' },
  } as const;
  expect(parseHash(formatHash(place))).toEqual(place);
});

it('is empty when nothing is chosen', () => {
  const place = { selectedId: undefined, filter: { text: '', verdict: 'all', event: '' } } as const;
  expect(formatHash(place)).toBe('#');
  expect(parseHash('')).toEqual(place);
});

it('takes what makes no sense for nothing', () => {
  for (const hash of ['#delivery=x', '#delivery=-1', '#delivery=1.5', '#delivery=1e99', '#verdict=maybe', '#%']) {
    expect(parseHash(hash), hash).toMatchObject({ selectedId: undefined, filter: { verdict: 'all' } });
  }
});
