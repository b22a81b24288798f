import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClaimedRow, type IdRange, type InboxEntry, type JobTable, parseEvent } from '@twenty-webhooks/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from './open-database.ts';
import { createSqliteJobs } from './sqlite-jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function openTable(): { table: JobTable; database: Database; write<T>(body: () => T): T; close(): void } {
  const database = openDatabase(join(folder, `${++files}.sqlite`));
  // What is on the disk is the business of other tests; these are faster without.
  database.sqlite.exec('PRAGMA synchronous = OFF');
  const table = createSqliteJobs(database);
  const write = <T>(body: () => T): T => {
    const written = table.transact(false, body);
    if (written === undefined) throw new Error('busy');
    return written.value;
  };
  return { table, database, write, close: () => table.close() };
}

const all: IdRange = { first: 1, last: 1_000_000 };

interface Put {
  readonly key: string;
  readonly handler: string;
  readonly record: string | undefined;
  readonly changedAtMs: number | undefined;
}

const parsed = await parseEvent(new TextEncoder().encode('{"eventName":"person.created"}'));

const entryOf = ({ key, handler, record, changedAtMs }: Put): InboxEntry => ({
  body: new TextEncoder().encode(key),
  parsed,
  delivery: { receivedAtMs: 5, scheme: 'unsigned', secretIndex: undefined, signedAtMs: undefined, nonce: undefined },
  headers: {},
  event: {
    id: key,
    name: 'person.created',
    workspaceId: 'w',
    record: record === undefined ? undefined : { object: 'person', id: record, changedAtMs },
  },
  jobs: [{ key, handler }],
});

// A table beside a model that is written for being read: one list of jobs, looked through from its beginning.

interface ModelJob extends Put {
  readonly id: number;
  state: 'waiting' | 'running' | 'done' | 'dead';
  dueAtMs: number;
  attempt: number;
  worker: string | undefined;
}

class Model {
  readonly jobs: ModelJob[] = [];

  put(put: Put, nowMs: number): boolean {
    if (this.jobs.some(({ key }) => key === put.key)) return false;
    const id = this.jobs.length + 1;
    this.jobs.push({ ...put, id, state: 'waiting', dueAtMs: nowMs, attempt: 0, worker: undefined });
    return true;
  }

  isBusy({ record, handler }: Put): boolean {
    return (
      record !== undefined &&
      this.jobs.some((job) => job.state === 'running' && job.record === record && job.handler === handler)
    );
  }

  /** The one that must be claimed first. */
  next(nowMs: number): ModelJob | undefined {
    const due = this.jobs.filter((job) => job.state === 'waiting' && job.dueAtMs <= nowMs && !this.isBusy(job));
    return due.sort((one, other) => one.dueAtMs - other.dueAtMs || one.id - other.id)[0];
  }

  isStale({ record, handler, changedAtMs }: Put): boolean {
    return this.jobs.some(
      (job) =>
        job.state === 'done' &&
        record !== undefined &&
        job.record === record &&
        job.handler === handler &&
        (job.changedAtMs ?? Number.NEGATIVE_INFINITY) > (changedAtMs ?? Number.POSITIVE_INFINITY),
    );
  }
}

type Step =
  | { readonly kind: 'put'; readonly put: Put }
  | { readonly kind: 'claim'; readonly worker: 'a' | 'b'; readonly limit: number }
  | { readonly kind: 'end'; readonly which: number; readonly state: 'done' | 'retry' | 'dead' | 'released' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'die'; readonly worker: 'a' | 'b' }
  | { readonly kind: 'retryDead' };

const worker = fc.constantFrom('a' as const, 'b' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      put: fc.record({
        key: fc.integer({ min: 0, max: 40 }).map((index) => `k${index}`),
        handler: fc.constantFrom('h1', 'h2'),
        record: fc.constantFrom('r1', 'r2', undefined),
        changedAtMs: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), worker, limit: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(10),
      state: fc.constantFrom('done' as const, 'done' as const, 'retry' as const, 'dead' as const, 'released' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retryDead' as const) }) },
);

function play(steps: readonly Step[]): void {
  const { table, database, write, close } = openTable();
  try {
    const model = new Model();
    const rows = new Map<number, ClaimedRow>();
    let nowMs = 1_000;

    const claim = (workerId: string, limit: number): number => {
      const claimed = write(() => table.claim(workerId, limit, nowMs));
      if (claimed.rows.length > 0) write(() => table.renew(workerId, true, nowMs + 1_000_000));
      for (const row of claimed.rows) {
        const expected = model.next(nowMs);
        expect(row.key).toBe(expected?.key);
        if (expected === undefined) return 0;
        Object.assign(expected, { state: 'running', attempt: expected.attempt + 1, worker: workerId });
        expect(row).toMatchObject({ attempt: expected.attempt, isStale: model.isStale(expected) });
        rows.set(expected.id, row);
      }
      if (claimed.rows.length < limit) expect(model.next(nowMs)).toBeUndefined();
      return claimed.rows.length;
    };

    const end = (job: ModelJob, state: 'done' | 'retry' | 'dead' | 'released'): void => {
      const row = rows.get(job.id) as ClaimedRow;
      const error = { name: 'Error', message: 'x' };
      const ends = {
        done: { state: 'done' },
        dead: { state: 'dead', error },
        released: { state: 'released' },
      } as const;
      const how = state === 'retry' ? ({ state, delayMs: 10, error } as const) : ends[state];
      const settlement = { id: row.id, attempt: row.attempt, end: how };
      expect(write(() => table.settle(job.worker === 'a' ? 'b' : 'a', settlement, nowMs))).toBe(false);
      expect(write(() => table.settle(job.worker ?? '', settlement, nowMs))).toBe(true);
      expect(write(() => table.settle(job.worker ?? '', settlement, nowMs))).toBe(false);
      job.worker = undefined;
      if (state === 'retry') Object.assign(job, { state: 'waiting', dueAtMs: nowMs + 10 });
      else if (state === 'released') Object.assign(job, { state: 'waiting', attempt: job.attempt - 1 });
      else job.state = state;
    };

    for (const one of steps) {
      if (one.kind === 'put') {
        const stored = write(() => table.insert(entryOf(one.put), nowMs));
        expect(stored.has(one.put.key)).toBe(model.put(one.put, nowMs));
      } else if (one.kind === 'claim') {
        claim(one.worker, one.limit);
      } else if (one.kind === 'end') {
        const running = model.jobs.filter(({ state }) => state === 'running');
        const job = running[one.which % Math.max(1, running.length)];
        if (job !== undefined) end(job, one.state);
      } else if (one.kind === 'wait') {
        nowMs += one.ms;
      } else if (one.kind === 'die') {
        // Its lease runs out, and the other one notices.
        database.sqlite.prepare('UPDATE worker SET lease_until = 0 WHERE id = ?').run(one.worker);
        const other = one.worker === 'a' ? 'b' : 'a';
        const held = model.jobs.filter((job) => job.worker === one.worker);
        if (held.length > 0) expect(table.hasExpired(other, nowMs)).toBe(true);
        write(() => table.recover(other, nowMs));
        expect(table.hasExpired(other, nowMs)).toBe(false);
        // It would renew its own, as long as nobody has taken the jobs.
        database.sqlite.prepare('UPDATE worker SET lease_until = 0 WHERE id = ?').run(other);
        expect(table.hasExpired(other, nowMs)).toBe(false);
        write(() => table.recover(other, nowMs));
        write(() => table.renew(other, false, nowMs + 1_000_000));
        for (const job of held) Object.assign(job, { state: 'waiting', worker: undefined });
      } else {
        const dead = model.jobs.filter(({ state }) => state === 'dead');
        expect(write(() => table.retry({ state: 'dead' }, all, nowMs))).toBe(dead.length);
        for (const job of dead) Object.assign(job, { state: 'waiting', attempt: 0, dueAtMs: nowMs });
      }
      const counts = { waiting: 0, running: 0, done: 0, dead: 0 };
      for (const { state } of model.jobs) counts[state]++;
      expect(table.counts()).toEqual(counts);
    }

    // Whatever happened, everything that waits comes to its end: nothing is put out of the way for ever.
    nowMs += 1_000;
    for (;;) {
      for (const job of model.jobs) if (job.state === 'running') end(job, 'done');
      if (claim('a', 3) === 0) break;
    }
    expect(table.counts()).toMatchObject({ waiting: 0, running: 0 });
    expect(table.nextDueMs()).toBeUndefined();
  } finally {
    close();
  }
}

test('does what the model does, whatever happens in whichever order', () => {
  fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), play), { numRuns: 150 });
}, 60_000);

describe('jobs of one record that wait in large numbers', () => {
  test('are put out of the way in steps, and come back one by one, the oldest first', () => {
    const { table, write, close } = openTable();
    write(() => {
      for (let index = 0; index < 2_500; index++) {
        table.insert(entryOf({ key: `k${index}`, handler: 'h', record: 'r', changedAtMs: index }), 1);
      }
      table.insert(entryOf({ key: 'other', handler: 'h', record: 'r2', changedAtMs: 1 }), 1_000);
    });
    const first = write(() => table.claim('a', 10, 2_000));
    expect(first.rows.map(({ key }) => key)).toEqual(['k0']);
    // More than that would hold up everybody else.
    expect(first.left).toBe('due');
    const found: string[] = [];
    for (let turn = 0; turn < 10 && found.length === 0; turn++) {
      found.push(...write(() => table.claim('a', 10, 2_000)).rows.map(({ key }) => key));
    }
    expect(found).toEqual(['other']);
    const keys: string[] = [];
    let [running] = first.rows;
    while (running !== undefined) {
      const { id, attempt } = running;
      write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 2_000));
      [running] = write(() => table.claim('a', 10, 2_000)).rows;
      if (running !== undefined) keys.push(running.key);
    }
    expect(keys).toEqual(Array.from({ length: 2_499 }, (_, index) => `k${index + 1}`));
    close();
  });
});

const attemptOf = (table: JobTable, key: string): number | undefined => table.get(key)?.attempt;

describe('retention', () => {
  const put = (key: string): Put => ({ key, handler: 'h', record: undefined, changedAtMs: undefined });

  test('deletes what is done in steps, with its body, and keeps what is dead or waits', () => {
    const { table, database, write, close } = openTable();
    for (let index = 0; index < 10; index++) write(() => table.insert(entryOf(put(`k${index}`)), index));
    const { rows } = write(() => table.claim('a', 8, 100));
    for (const { id, attempt, key } of rows) {
      const error = { name: 'Error', message: 'x' };
      const end = key === 'k2' ? ({ state: 'dead', error } as const) : ({ state: 'done' } as const);
      write(() => table.settle('a', { id, attempt, end }, 100));
    }
    // Up to 6, three at a time: k0, k1 and k2 are looked at first.
    expect(write(() => table.sweep(6, 3, 5_000))).toBe(true);
    expect(table.counts()).toEqual({ waiting: 2, running: 0, done: 5, dead: 1 });
    expect(write(() => table.sweep(6, 3, 5_000))).toBe(true);
    expect(write(() => table.sweep(6, 3, 5_000))).toBe(false);
    expect(table.counts()).toEqual({ waiting: 2, running: 0, done: 2, dead: 1 });
    expect(table.list({ limit: 100 }).map(({ key }) => key)).toEqual(['k9', 'k8', 'k7', 'k6', 'k2']);
    expect(database.sqlite.prepare('SELECT count(*) AS n FROM delivery').get()).toEqual({ n: 5 });
    // From the beginning again, wherever it ended: at one that is too young, or at the last.
    const finish = (): void => {
      write(() => table.retryOne('k2', 0));
      const [{ id, attempt } = { id: 0, attempt: 0 }] = write(() => table.claim('a', 1, 100)).rows;
      write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 100));
    };
    expect(attemptOf(table, 'k2')).toBe(1);
    finish();
    expect(attemptOf(table, 'k2')).toBe(1);
    expect(write(() => table.sweep(7, 100, 5_000))).toBe(false);
    expect(table.list({ limit: 100 }).map(({ key }) => key)).toEqual(['k9', 'k8', 'k7']);
    for (let round = 0; round < 3; round++) {
      write(() => table.insert(entryOf(put('k2')), 1));
      finish();
      expect(write(() => table.sweep(1_000, 100, 5_000))).toBe(false);
    }
    close();
  });

  test('a job of a time to come, when the clock was wrong, does not end the search', () => {
    const { table, write, close } = openTable();
    write(() => table.insert(entryOf(put('future')), 9_000));
    write(() => table.insert(entryOf(put('old')), 1));
    for (const { id, attempt } of write(() => table.claim('a', 2, 9_000)).rows) {
      write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 9_000));
    }
    expect(write(() => table.sweep(100, 10, 5_000))).toBe(false);
    expect(table.list({ limit: 100 }).map(({ key }) => key)).toEqual(['future']);
    close();
  });

  test('changes are made only in the range that is asked for', () => {
    const { table, write, close } = openTable();
    for (let index = 1; index <= 6; index++) write(() => table.insert(entryOf(put(`k${index}`)), 1));
    expect(table.ids()).toEqual({ first: 1, last: 6 });
    const error = { name: 'Error', message: 'x' };
    for (const { id, attempt } of write(() => table.claim('a', 6, 10)).rows) {
      write(() => table.settle('a', { id, attempt, end: { state: 'dead', error } }, 10));
    }
    expect(write(() => table.retry({ state: 'dead' }, { first: 2, last: 3 }, 20))).toBe(2);
    expect(write(() => table.purge({ state: 'dead' }, { first: 3, last: 5 }))).toBe(2);
    expect(table.list({ limit: 100 }).map(({ key, state }) => `${key} ${state}`)).toEqual([
      'k6 dead',
      'k3 waiting',
      'k2 waiting',
      'k1 dead',
    ]);
    close();
  });

  test('a body stays as long as one job of it does', () => {
    const { table, database, write, close } = openTable();
    const entry = {
      ...entryOf(put('k1')),
      jobs: [
        { key: 'k1', handler: 'h1' },
        { key: 'k2', handler: 'h2' },
      ],
    };
    write(() => table.insert(entry, 1));
    const { rows } = write(() => table.claim('a', 1, 100));
    for (const { id, attempt } of rows) write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 100));
    write(() => table.sweep(50, 100, 5_000));
    expect(table.get('k1')).toBeUndefined();
    expect(table.get('k2')?.body).toEqual(entry.body);
    expect(database.sqlite.prepare('SELECT count(*) AS n FROM delivery').get()).toEqual({ n: 1 });
    close();
  });

  test('what is purged is gone but for its key, and for isStale', () => {
    const { table, database, write, close } = openTable();
    const insert = (key: string, changedAtMs: number) =>
      write(() => table.insert(entryOf({ key, handler: 'h', record: 'r', changedAtMs }), 1));
    insert('new', 9);
    const { rows } = write(() => table.claim('a', 1, 100));
    for (const { id, attempt } of rows) write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 100));
    expect(write(() => table.purge({ state: 'done' }, all))).toBe(1);
    expect([table.counts(), table.list({ limit: 100 }), table.get('new')]).toEqual([
      { waiting: 0, running: 0, done: 0, dead: 0 },
      [],
      undefined,
    ]);
    expect(database.sqlite.prepare('SELECT count(*) AS n FROM delivery').get()).toEqual({ n: 0 });
    expect(insert('new', 9).size).toBe(0);
    insert('old', 8);
    expect(write(() => table.claim('a', 1, 100)).rows).toMatchObject([{ key: 'old', isStale: true }]);
    write(() => table.sweep(50, 100, 5_000));
    expect(insert('new', 9).size).toBe(1);
    close();
  });
});

test.each(['a\u0000b', "'; --", '\ud800', ''])('a record with the id %j has its own order', (record) => {
  const { table, write, close } = openTable();
  const insert = (key: string, of: string) =>
    write(() => table.insert(entryOf({ key, handler: 'h', record: of, changedAtMs: 1 }), 1));
  insert('k1', record);
  insert('k2', record);
  insert('k3', 'a');
  const keys = (): string[] =>
    write(() => table.claim('a', 9, 2)).rows.map(({ id, attempt, key }) => {
      write(() => table.settle('a', { id, attempt, end: { state: 'done' } }, 2));
      return key;
    });
  expect([keys(), keys(), keys()]).toEqual([['k1', 'k3'], ['k2'], []]);
  close();
});

test('jobs of a worker that nobody knows are recovered', () => {
  const { table, database, write, close } = openTable();
  write(() => table.insert(entryOf({ key: 'k', handler: 'h', record: 'r', changedAtMs: 1 }), 1));
  write(() => table.claim('a', 1, 2));
  expect(database.sqlite.prepare('SELECT * FROM worker').all()).toEqual([]);
  write(() => table.recover('a', 2));
  expect(table.counts()).toMatchObject({ running: 1 });
  write(() => table.recover('b', 2));
  expect(table.counts()).toMatchObject({ running: 0, waiting: 1 });

  // One that is known, and has a lease, keeps them.
  write(() => table.claim('a', 1, 2));
  write(() => table.renew('a', true, 100));
  write(() => table.recover('b', 99));
  expect(table.counts()).toMatchObject({ running: 1 });
  close();
});

describe('what was just stored', () => {
  const handlers = (...names: string[]) => names.map((handler) => ({ key: `key of ${handler}`, handler }));
  const entry = (...names: string[]): InboxEntry => ({
    ...entryOf({ key: 'x', handler: 'h', record: undefined, changedAtMs: undefined }),
    jobs: handlers(...names),
  });

  test('is not parsed again, by one of its handlers; also in a later transaction, but once', () => {
    const { table, write, close } = openTable();
    write(() => table.insert(entry('one', 'other'), 1));
    const { rows } = write(() => table.claim('a', 2, 1));
    expect(rows.map((row) => row.parsed === parsed)).toEqual([true, false]);
    for (const row of rows) {
      write(() => table.settle('a', { id: row.id, attempt: row.attempt, end: { state: 'released' } }, 1));
    }
    const again = write(() => table.claim('a', 2, 1)).rows;
    expect(again.map((row) => row.parsed)).toEqual([undefined, undefined]);
    expect(again.map(({ body, delivery }) => [Buffer.from(body).toString(), delivery])).toEqual(
      rows.map(({ body, delivery }) => [Buffer.from(body).toString(), delivery]),
    );
    close();
  });

  test('is forgotten if it came to nothing', () => {
    const { table, database, write, close } = openTable();
    expect(() =>
      write(() => {
        table.insert(entry('one'), 1);
        throw new Error('disk full');
      }),
    ).toThrow();
    // Another process stores another event with that key.
    const body = new TextEncoder().encode('other');
    const other = createSqliteJobs(openDatabase(database.path));
    other.transact(false, () => other.insert({ ...entry('one'), body }, 1));
    other.close();
    const [row] = write(() => table.claim('a', 9, 1)).rows;
    expect(Buffer.from(row?.body ?? []).toString()).toBe('other');
    close();
  });

  test('is bounded', () => {
    const { table, write, close } = openTable();
    const body = new Uint8Array(1024 * 1024);
    for (let index = 0; index < 8; index++) write(() => table.insert({ ...entry(`h${index}`), body }, 1));
    const kept = write(() => table.claim('a', 9, 1)).rows.map((row) => row.parsed !== undefined);
    expect(kept).toEqual([false, false, false, false, true, true, true, true]);
    close();
  });
});

describe('a transaction', () => {
  test('that fails leaves nothing behind', () => {
    const { table, write, close } = openTable();
    expect(() =>
      write(() => {
        table.insert(entryOf({ key: 'k', handler: 'h', record: undefined, changedAtMs: undefined }), 1);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(table.counts()).toMatchObject({ waiting: 0 });
    close();
  });

  test('syncs if it is durable, and only then', () => {
    const { table, database, close } = openTable();
    const level = (isDurable: boolean): unknown => {
      table.transact(isDurable, () => {});
      return database.sqlite.prepare('PRAGMA synchronous').get()?.synchronous;
    };
    // 2 is FULL, 1 is NORMAL: https://sqlite.org/pragma.html#pragma_synchronous
    expect([level(true), level(false), level(false), level(true)]).toEqual([2, 1, 1, 2]);
    close();
  });
});
