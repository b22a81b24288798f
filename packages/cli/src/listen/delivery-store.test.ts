import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DeliveryStoreOptions, type NewDelivery, openDeliveryStore } from './delivery-store.ts';

test('the list is read without the bodies: 10,000 deliveries', async () => {
  const { store } = await openTestStore();
  store.addAll(Array.from({ length: 10_000 }, () => delivery({ body: new Uint8Array(2_000).fill(0x20) })));
  let listed: ReturnType<typeof store.list> = [];
  // The best of three: a machine that does much else may stop once.
  const timesMs = [1, 2, 3].map(() => {
    const startedMs = performance.now();
    listed = store.list({ limit: 10_000 });
    return performance.now() - startedMs;
  });
  expect([listed.length, listed[0]?.id, store.count()]).toEqual([10_000, 10_000, 10_000]);
  // About 40 ms; the limit is for what would be read with all bodies, or row by row.
  expect(Math.min(...timesMs)).toBeLessThan(2_000);
});

test('ids rise also after everything is forgotten and the file opened anew', async () => {
  const { store, folder } = await openTestStore();
  store.addAll([delivery(), delivery()]);
  store.clear();
  store.close();
  const { store: again } = await openTestStore({ folder });
  expect(again.add(delivery()).id).toBe(3);
});

test('what is forgotten is not in the file any more', async () => {
  const { store, folder } = await openTestStore();
  store.add(delivery({ body: new TextEncoder().encode('very private words') }));
  store.clear();
  store.compact();
  store.close();
  expect(readFileSync(join(folder, 'deliveries.sqlite')).includes('very private words')).toBe(false);
});

test('the number that is kept may become smaller', async () => {
  const { store, folder } = await openTestStore({ keep: 5 });
  store.addAll(Array.from({ length: 7 }, () => delivery()));
  expect(store.list({ limit: 10 }).map(({ id }) => id)).toEqual([7, 6, 5, 4, 3]);
  store.close();
  const { store: smaller } = await openTestStore({ folder, keep: 2 });
  expect(smaller.list({ limit: 10 }).map(({ id }) => id)).toEqual([7, 6]);
  expect(smaller.get(3)).toBeUndefined();
});

test('bodies together have a limit, also after a restart; the newest stays whatever it is', async () => {
  const { store, folder } = await openTestStore({ maxBytes: 100 });
  for (const length of [40, 40, 40]) store.add(delivery({ body: new Uint8Array(length) }));
  expect(store.list({ limit: 10 }).map(({ id }) => id)).toEqual([3, 2]);
  store.close();
  const { store: again } = await openTestStore({ folder, maxBytes: 100 });
  again.add(delivery({ body: new Uint8Array(200) }));
  expect(again.list({ limit: 10 }).map(({ id }) => id)).toEqual([4]);
});

test('the previous one is of the same record, genuine, and the last before', async () => {
  const { store } = await openTestStore();
  const ada = { object: 'person', recordId: 'ada' };
  store.addAll([
    delivery(ada),
    delivery({ ...ada, status: 'duplicate' }),
    delivery({ ...ada, status: 'rejected', code: 'SIGNATURE_MISMATCH' }),
    delivery({ object: 'company', recordId: 'ada' }),
    delivery({ object: 'person', recordId: 'bob' }),
    delivery(ada),
    delivery(),
  ]);
  const previousOf = (id: number) => {
    const found = store.get(id);
    return found && store.previousOf(found.summary)?.summary.id;
  };
  expect([1, 2, 3, 4, 5, 6, 7].map(previousOf)).toEqual([undefined, 1, 2, undefined, undefined, 2, undefined]);
});

test('an answer of the target is kept; one that was awaited when the process ended is awaited no more', async () => {
  const { store, folder } = await openTestStore();
  const forward = { url: 'http://a/', status: 200, durationMs: 1, error: undefined, reason: undefined, body: '' };
  expect(store.add(delivery(), { isForwarding: true }).isForwarding).toBe(true);
  expect(store.setForward(1, forward)).toBe(true);
  expect(store.get(1)?.summary).toMatchObject({ isForwarding: false, forward: { status: 200 } });
  store.add(delivery(), { isForwarding: true });
  expect(store.setForward(99, forward)).toBe(false);
  store.close();
  const { store: again } = await openTestStore({ folder });
  expect(again.list({ limit: 9 })).toMatchObject([{ isForwarding: false }, { forward: { status: 200 } }]);
});

test('what fails half-way leaves nothing, and counts for nothing', async () => {
  const { store } = await openTestStore({ maxBytes: 100 });
  const body = new Uint8Array(40);
  const unwritable = [1n] as unknown as string[];
  expect(() => store.addAll([delivery({ body }), delivery({ body, rawHeaders: unwritable })])).toThrow('BigInt');
  expect(store.count()).toBe(0);
  store.addAll([delivery({ body }), delivery({ body })]);
  expect(store.count()).toBe(2);
});

test('what is forgotten is told, in bytes', async () => {
  const forgotten: number[] = [];
  const { store } = await openTestStore({ keep: 1, onForget: (bytes) => forgotten.push(bytes) });
  store.add(delivery({ body: new Uint8Array(5), receivedAtMs: 1 }));
  store.add(delivery({ body: new Uint8Array(7), receivedAtMs: 2 }));
  expect([forgotten, store.oldestAtMs()]).toEqual([[5], 2]);
});

test('what is looked through comes in pieces of a few megabytes', async () => {
  const { store } = await openTestStore();
  store.addAll(Array.from({ length: 5 }, () => delivery({ body: new Uint8Array(3_000_000) })));
  const piece = (before: number) => store.contents({ before, limit: 200 }).map(({ id }) => id);
  expect([piece(9), piece(4), piece(2)]).toEqual([[5, 4], [3, 2], [1]]);
});

test('a file that is no database is said to be that', async () => {
  const { store, folder } = await openTestStore();
  store.close();
  writeFileSync(join(folder, 'deliveries.sqlite'), 'something else, long enough to be looked at'.repeat(100));
  await expect(openTestStore({ folder })).rejects.toMatchObject({
    code: 'FOLDER_UNUSABLE',
    message: expect.stringContaining('move it away'),
  });
});

async function openTestStore({
  folder,
  keep = 10_000,
  ...options
}: DeliveryStoreOptions & {
  readonly folder?: string;
  readonly keep?: number;
} = {}) {
  const used = folder ?? (await mkdtemp(join(tmpdir(), 'tw-')));
  const store = openDeliveryStore(used, keep, options);
  onTestFinished(async () => {
    try {
      store.close();
    } catch {
      // Closed by the test.
    }
    await rm(used, { recursive: true, force: true });
  });
  return { store, folder: used };
}

function delivery(overrides: Partial<NewDelivery> = {}): NewDelivery {
  return {
    receivedAtMs: 0,
    method: 'POST',
    path: '/webhooks/twenty',
    status: 'accepted',
    code: undefined,
    reason: undefined,
    scheme: 'timestamped',
    event: 'person.created',
    eventId: 'evt_1',
    format: 'server',
    object: undefined,
    recordId: undefined,
    recordName: undefined,
    rawHeaders: ['Content-Type', 'application/json'],
    body: new Uint8Array(),
    ...overrides,
  };
}
