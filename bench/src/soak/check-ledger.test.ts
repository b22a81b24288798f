import { expect, test } from 'vitest';
import { type Answer, checkLedger, type Kill, type Verdict } from './check-ledger.ts';
import type { RunLine } from './ledger.ts';

// A green check that cannot go red is a bug: each kind of harm, and what looks like it and is none.

const answers: Answer[] = [{ eventId: 'e', status: 'accepted', handlers: ['h'] }];
const nothing: Verdict = {
  handledEvents: 1,
  lost: [],
  overlaps: [],
  repeated: [],
  unexplained: [],
  acceptedTwice: [],
};

interface RunOf {
  readonly pid?: number;
  readonly key?: string;
  readonly attempt?: number;
  readonly effectMs?: number;
  readonly end?: RunLine['what'];
  readonly endMs?: number;
}

function run(
  beganMs: number,
  { pid = 1, key = 'k', attempt = 1, effectMs, end = 'returned', endMs }: RunOf = {},
): RunLine[] {
  const line = (what: RunLine['what'], atMs: number | undefined): RunLine[] =>
    atMs === undefined ? [] : [{ what, pid, key, attempt, handler: 'h', eventId: 'e', record: 'person r', atMs }];
  return [...line('began', beganMs), ...line('effect', effectMs), ...line(end, endMs)];
}

const judge = (runs: readonly RunLine[], kills: readonly Kill[] = []): Verdict => checkLedger({ answers, runs, kills });

test('one run that returned is all right', () => {
  expect(judge(run(0, { effectMs: 5, endMs: 10 }))).toEqual(nothing);
});

test.each([
  ['no run', []],
  ['a run that was killed', run(0, { effectMs: 5 })],
  ['a run that threw', run(0, { end: 'threw', endMs: 10 })],
  ['a run that was aborted', run(0, { effectMs: 5, end: 'aborted', endMs: 10 })],
])('lost: %s', (_name, runs) => {
  expect(judge(runs, [{ pid: 1, atMs: 7 }])).toEqual({ ...nothing, handledEvents: 0, lost: ['e for h'] });
});

test('lost for one of its handlers', () => {
  const twoHandlers = [{ eventId: 'e', status: 'duplicate', handlers: ['h', 'h2'] }];
  const verdict = checkLedger({ answers: twoHandlers, runs: run(0, { endMs: 10 }), kills: [] });
  expect(verdict).toEqual({ ...nothing, handledEvents: 0, lost: ['e for h2'] });
});

test.each([
  ['of another process', { pid: 2, attempt: 2, endMs: 20 }, ['job k: process 1 and process 2, by 0.5 ms']],
  ['of the same process', { attempt: 2, endMs: 20 }, ['job k: process 1 and process 1, by 0.5 ms']],
  ['that was killed', { pid: 2, attempt: 2 }, ['job k: process 1 and process 2, by 0.5 ms']],
])('overlap with a run %s', (_name, other, overlaps) => {
  const { overlaps: found } = judge([...run(9.5, other), ...run(0, { endMs: 10 })], [{ pid: 2, atMs: 11 }]);
  expect(found).toEqual([...overlaps, expect.stringContaining('person r for h')]);
});

test('overlap of two jobs of one record', () => {
  const { overlaps } = judge([...run(0, { endMs: 10 }), ...run(5, { pid: 2, key: 'k2', endMs: 6 })]);
  expect(overlaps).toEqual(['person r for h: process 1 and process 2, by 5.0 ms']);
});

test('overlap with a long run that began before the last one', () => {
  const short = run(1, { pid: 2, key: 'k2', endMs: 2 });
  const { overlaps } = judge([...run(0, { endMs: 10 }), ...short, ...run(5, { pid: 3, attempt: 2, endMs: 6 })]);
  expect(overlaps).toContain('job k: process 1 and process 3, by 5.0 ms');
});

test('a run that is killed ends with its process, and one that nobody killed does not', () => {
  const runs = [...run(0), ...run(100, { pid: 2, attempt: 2, endMs: 110 })];
  expect(judge(runs, [{ pid: 1, atMs: 50 }])).toEqual(nothing);
  expect(judge(runs, [{ pid: 1, atMs: 101 }]).overlaps).not.toEqual([]);
  expect(judge(runs).overlaps).not.toEqual([]);
});

test.each([
  ['killed while it ran', run(0, { effectMs: 5 }), 50, 'killed while it ran'],
  ['killed before it was settled', run(0, { effectMs: 5, endMs: 10 }), 12, 'killed 2.0 ms after its end'],
])('an effect that is repeated is explained: %s', (_name, first, atMs, why) => {
  const runs = [...first, ...run(2_000, { pid: 2, attempt: 2, effectMs: 2_005, endMs: 2_010 })];
  expect(judge(runs, [{ pid: 1, atMs }])).toEqual({ ...nothing, repeated: [expect.stringContaining(why)] });
});

test.each([
  ['nobody was killed', []],
  ['another one was killed', [{ pid: 3, atMs: 12 }]],
  ['it was killed long after', [{ pid: 1, atMs: 3_000 }]],
  ['it was killed after the second run', [{ pid: 1, atMs: 12_000 }]],
])('an effect that is repeated is not explained: %s', (_name, kills) => {
  const runs = [
    ...run(0, { effectMs: 5, endMs: 10 }),
    ...run(10_000, { pid: 2, attempt: 2, effectMs: 10_005, endMs: 10_010 }),
  ];
  const line = 'job k, attempt 1 of process 1: nobody was killed';
  expect(judge(runs, kills)).toEqual({ ...nothing, repeated: [line], unexplained: [line] });
});

test('accepted twice: two answers say that the event was new', () => {
  const twice = [...answers, ...answers, { eventId: 'e', status: 'duplicate', handlers: ['h'] }];
  expect(checkLedger({ answers: twice, runs: run(0, { endMs: 10 }), kills: [] })).toEqual({
    ...nothing,
    acceptedTwice: ['e'],
  });
});
