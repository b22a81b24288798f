import { expect, it } from 'vitest';
import { initialState, reduce } from './inspector-state.ts';
import { mergeDeliveries } from './merge-deliveries.ts';
import { newerThan } from './newer-than.ts';
import { delivery } from './testdata/delivery.ts';

const ids = (deliveries: readonly { readonly id: number }[]): readonly number[] => deliveries.map(({ id }) => id);

it('puts new deliveries before the others in the order of their ids, and replaces what changed', () => {
  const known = [delivery({ id: 2 }), delivery({ id: 1 })];
  const changed = delivery({ id: 1, recordName: 'changed' });
  const merged = mergeDeliveries(known, [delivery({ id: 4 }), changed, delivery({ id: 3 })], 100);
  expect(ids(merged)).toEqual([4, 3, 2, 1]);
  expect(merged[3]).toBe(changed);
});

it('takes the last of several words about one delivery', () => {
  const [first, second] = [delivery({ id: 1, isForwarding: true }), delivery({ id: 1 })];
  expect(mergeDeliveries([], [first, second], 100)).toEqual([second]);
});

it('forgets the oldest as the server does, and does not bring back what is forgotten', () => {
  const known = [delivery({ id: 3 }), delivery({ id: 2 })];
  expect(ids(mergeDeliveries(known, [delivery({ id: 4 })], 2))).toEqual([4, 3]);
  expect(ids(mergeDeliveries(known, [delivery({ id: 1 })], 2))).toEqual([3, 2]);
});

it('counts what is newer than one, also than one that is gone', () => {
  const deliveries = [delivery({ id: 9 }), delivery({ id: 7 }), delivery({ id: 3 })];
  expect([10, 9, 8, 7, 5, 3, 0].map((id) => newerThan(deliveries, id))).toEqual([0, 0, 1, 1, 2, 2, 3]);
  expect(newerThan([], 1)).toBe(0);
});

it('opens the detail of a narrow window only when it is told to, and closes it with all that is cleared', () => {
  const selected = reduce(initialState, { type: 'selected', id: 1 });
  expect(selected).toMatchObject({ selectedId: 1, isDetailOpen: false });
  const opened = reduce(selected, { type: 'opened' });
  expect(opened.isDetailOpen).toBe(true);
  expect(reduce(opened, { type: 'selected', id: 2 })).toMatchObject({ selectedId: 2, isDetailOpen: true });
  expect(reduce(opened, { type: 'cleared' })).toMatchObject({
    deliveries: [],
    selectedId: undefined,
    isDetailOpen: false,
  });
  expect(reduce(initialState, { type: 'opened' }).isDetailOpen).toBe(false);
});

it('counts the older ones that the server keeps and the page does not have', () => {
  const info = { version: '1', receiveUrl: '', forwardUrl: undefined, hasSecret: true, keep: 4 };
  const loaded = reduce(initialState, {
    type: 'loaded',
    info,
    deliveries: [delivery({ id: 9 }), delivery({ id: 8 })],
    total: 4,
  });
  expect(loaded).toMatchObject({ olderCount: 2, loads: 1 });
  const arrived = reduce(loaded, { type: 'arrived', deliveries: [delivery({ id: 10 })] });
  expect(arrived).toMatchObject({ olderCount: 1, deliveries: { length: 3 } });
  expect(reduce(arrived, { type: 'cleared' }).olderCount).toBe(0);
});

it('does not close a dialog when it hears late that the one before it is closed', () => {
  const dialog = { name: 'keys' } as const;
  const first = reduce(initialState, { type: 'dialogOpened', dialog });
  const second = reduce(first, { type: 'dialogOpened', dialog });
  expect(reduce(second, { type: 'dialogClosed', number: first.dialogNumber }).dialog).toBe(dialog);
  expect(reduce(second, { type: 'dialogClosed', number: second.dialogNumber }).dialog).toBeUndefined();
});
