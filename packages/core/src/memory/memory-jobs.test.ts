import { expect, test } from 'vitest';
import type { JobTable } from '../embedded/job-table.ts';
import type { InboxEntry } from '../inbox.ts';
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

const record = (id: string, changedAtMs?: number) => ({ object: 'person', id, changedAtMs });
const about = (key: string, changes: Partial<InboxEntry['event']>, handler = 'h') =>
  entryOf(key, {
    event: { id: key, name: 'person.updated', workspaceId: 'w', record: undefined, ...changes },
    jobs: [{ key, handler }],
  });

test('a record has one job of a handler at a time, and an older change of it is stale', () => {
  const table = createMemoryJobs();
  table.insert(about('new', { record: record('r', 20) }), 1);
  table.insert(about('old', { record: record('r', 10) }), 2);
  table.insert(about('undated', { record: record('r') }), 3);
  table.insert(about('other', { record: record('s', 1) }), 4);
  const first = table.claim('w', 10, 5);
  expect(first.rows.map(({ key, isStale }) => [key, isStale])).toEqual([
    ['new', false],
    ['other', false],
  ]);
  expect(first.left).toBe('waiting');
  // What waits for the end of another is due only then.
  expect(table.nextDueMs()).toBeUndefined();
  for (const { id, attempt } of first.rows) table.settle('w', { id, attempt, end: { state: 'done' } }, 6);
  expect(table.nextDueMs()).toBe(2);
  expect(table.claim('w', 10, 7).rows.map(({ key, isStale }) => [key, isStale])).toEqual([['old', true]]);
});

test('a change before 1970 is stale after one at its first moment', () => {
  const table = createMemoryJobs();
  table.insert(about('new', { record: record('r', 0) }), 1);
  runAll(table);
  table.insert(about('old', { record: record('r', -1) }), 2);
  expect(table.claim('w', 1, 10).rows.map(({ key, isStale }) => [key, isStale])).toEqual([['old', true]]);
});

test('a retry waits for its time, and a job that is given back has used up no attempt', () => {
  const table = createMemoryJobs();
  table.insert(entryOf('k'), 1);
  const claim = (nowMs: number) => table.claim('w', 1, nowMs).rows[0];
  const [first] = [claim(1)];
  expect(first?.attempt).toBe(1);
  const id = first?.id ?? 0;
  table.settle('w', { id, attempt: 1, end: { state: 'released' } }, 2);
  expect(claim(2)?.attempt).toBe(1);
  table.settle('w', { id, attempt: 1, end: { state: 'retry', delayMs: 100, error } }, 3);
  expect(claim(102)).toBeUndefined();
  expect(table.nextDueMs()).toBe(103);
  expect(table.get('k')).toMatchObject({ state: 'waiting', attempt: 1, dueAtMs: 103, lastError: error });
  expect(claim(103)?.attempt).toBe(2);
  // Who does not run it cannot end it.
  expect(table.settle('w', { id: 99, attempt: 1, end: { state: 'done' } }, 4)).toBe(false);
});

test('an inspection takes those that its filter means, and no others', () => {
  const table = createMemoryJobs();
  table.insert(about('a', { record: record('r') }), 1);
  table.insert(about('b', {}, 'other'), 2);
  runAll(table, 'dead');
  table.insert(about('c', { record: record('s') }), 20);
  const keys = (filter: object): string[] => table.list({ limit: 10, ...filter }).map(({ key }) => key);
  expect(keys({})).toEqual(['c', 'b', 'a']);
  expect(keys({ state: 'dead' })).toEqual(['b', 'a']);
  expect(keys({ handler: 'other' })).toEqual(['b']);
  expect(keys({ object: 'person' })).toEqual(['c', 'a']);
  expect(keys({ before: 'b' })).toEqual(['a']);
  expect(keys({ before: 'unknown' })).toEqual([]);

  const all = table.ids();
  expect(table.retry({ state: 'dead', handler: 'other' }, { first: 1, last: 1 }, 30)).toBe(0);
  expect(table.retry({ state: 'dead', handler: 'other' }, all, 30)).toBe(1);
  expect(table.get('b')).toMatchObject({ state: 'waiting', attempt: 0, dueAtMs: 30, finishedAtMs: undefined });
  // What is due already is not made due again.
  expect(table.retryOne('c', 40)).toBe(0);
  expect(table.retryOne('unknown', 40)).toBe(0);
  expect(table.purge({ state: 'dead', finishedBeforeMs: 10 }, all)).toBe(0);
  expect(table.purge({ state: 'dead', finishedBeforeMs: 11 }, all)).toBe(1);
  expect(table.get('a')).toBeUndefined();
  expect(table.retryOne('a', 50)).toBe(0);
  // What is purged stays known.
  expect(table.insert(about('a', {}), 61).size).toBe(0);
  expect(table.counts()).toEqual({ waiting: 2, running: 0, done: 0, dead: 0 });
});

test('a sweep takes what is done and old, step by step', () => {
  const table = createMemoryJobs();
  for (const key of ['a', 'b', 'c']) table.insert(entryOf(key), 1);
  runAll(table);
  table.insert(entryOf('new'), 5);
  table.insert(entryOf('waiting'), 1);
  expect(table.sweep(5, 2, 10)).toBe(true);
  expect(table.sweep(5, 2, 10)).toBe(false);
  expect(table.list({ limit: 10 }).map(({ key }) => key)).toEqual(['waiting', 'new']);
});
