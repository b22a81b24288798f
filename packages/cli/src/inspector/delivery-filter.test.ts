import { expect, it } from 'vitest';
import { eventNames, filterDeliveries, noFilter } from './delivery-filter.ts';
import { delivery } from './testdata/delivery.ts';

const all = [
  delivery({ id: 5, status: 'failed', code: 'INBOX_UNAVAILABLE' }),
  delivery({ id: 4, status: 'rejected', code: 'SIGNATURE_MISMATCH', event: undefined, path: '/hooks?tenant=7' }),
  delivery({ id: 3, status: 'duplicate', event: 'company.updated', recordName: 'Analytical Engines' }),
  delivery({ id: 2, event: 'company.updated', recordName: 'Analytical Engines' }),
  delivery({ id: 1 }),
];
const ids = (filter: Partial<typeof noFilter>, bodyMatches?: ReadonlySet<number>): readonly number[] =>
  filterDeliveries(all, { ...noFilter, ...filter }, bodyMatches).map(({ id }) => id);

it('shows everything without a filter, as the same list', () => {
  expect(filterDeliveries(all, noFilter)).toBe(all);
});

it('tells genuine, refused and duplicate ones apart; a duplicate is genuine, a fault of ours is not', () => {
  expect(ids({ verdict: 'genuine' })).toEqual([3, 2, 1]);
  expect(ids({ verdict: 'refused' })).toEqual([5, 4]);
  expect(ids({ verdict: 'duplicates' })).toEqual([3]);
});

it('does not count as genuine what nobody verified, be it new or a duplicate', () => {
  const unsigned = [
    delivery({ id: 2, scheme: 'unsigned', status: 'duplicate' }),
    delivery({ id: 1, scheme: 'unsigned' }),
  ];
  expect(filterDeliveries(unsigned, { ...noFilter, verdict: 'genuine' })).toEqual([]);
  expect(filterDeliveries(unsigned, { ...noFilter, verdict: 'duplicates' })).toHaveLength(1);
});

it.each([
  ['event', 'company.upd', [3, 2]],
  ['record, any case', 'ANALYTICAL', [3, 2]],
  ['id of the record', 'record-1', [1]],
  ['id of the event', 'evt_2', [2]],
  ['code', 'mismatch', [4]],
  ['path', 'tenant=7', [4]],
  ['number', '#5', [5]],
  ['all words, in any order', 'engines company', [3, 2]],
  ['words of which one is nowhere', 'engines nowhere', []],
  ['white space alone', '  ', [5, 4, 3, 2, 1]],
])('finds by %s', (_, text, expected) => {
  expect(ids({ text })).toEqual(expected);
});

it('adds what was found in bodies, but not past the other filters', () => {
  expect(ids({ text: 'nowhere' }, new Set([1, 4]))).toEqual([4, 1]);
  expect(ids({ text: 'nowhere', verdict: 'refused' }, new Set([1, 4]))).toEqual([4]);
  expect(ids({ text: 'nowhere', event: 'company.updated' }, new Set([1, 4]))).toEqual([]);
});

it('names each event once, in order, and no more than a page can offer', () => {
  expect(eventNames(all)).toEqual(['company.updated', 'person.created']);
  const many = Array.from({ length: 2_000 }, (_, id) => delivery({ id: id + 1, event: `object${id}.created` }));
  expect(eventNames(many)).toHaveLength(500);
});
