import { expect, test } from 'vitest';
import type { JobTable } from '../embedded/job-table.ts';
import { entryBody as body, entryOf } from '../testdata/entries.ts';
import { createMemoryJobs } from './memory-jobs.ts';

// What only this table promises; the rest is the business of `describeInbox`.

const error = { name: 'Error', message: 'x' };

function runAll(table: JobTable, state: 'done' | 'dead' = 'done'): void {
  for (const { id, attempt } of table.claim('w', 100_000, 10).rows) {
    table.settle('w', { id, attempt, end: state === 'done' ? { state } : { state, error } }, 10);
  }
}

test('the bytes are its own, and each run has an event of its own', () => {
  const table = createMemoryJobs();
  const shared = Buffer.from(body);
  table.insert(entryOf('k', { body: shared }), 1);
  shared.fill(0);
  expect(table.get('k')?.body).toEqual(body);
  const [row] = table.claim('w', 1, 1).rows;
  expect(row?.body).toEqual(body);
  expect(row?.parsed).toBeUndefined();
});

test('of what is done the last 10 000 are remembered, purged ones and dead ones that were purged included', () => {
  const table = createMemoryJobs();
  table.insert(entryOf('dead'), 1);
  runAll(table, 'dead');
  expect(table.purge({ state: 'dead' }, table.ids())).toBe(1);
  for (let index = 0; index < 9_999; index++) table.insert(entryOf(`k${index}`), 2);
  runAll(table);
  expect(table.counts().done).toBe(9_999);
  expect(table.insert(entryOf('dead'), 3).size).toBe(0);
  // One more, and the oldest is forgotten.
  table.insert(entryOf('last'), 3);
  runAll(table);
  expect(table.counts().done).toBe(10_000);
  expect(table.insert(entryOf('dead'), 3).size).toBe(1);
  expect(table.insert(entryOf('k0'), 3).size).toBe(0);
});
