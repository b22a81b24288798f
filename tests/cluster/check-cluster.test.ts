import { expect, test } from 'vitest';
import type { RunLine } from '../../bench/src/soak/ledger.ts';
import { checkCluster, type Verdict } from './check-cluster.ts';
import type { Attempt, ClusterRecord } from './cluster-record.ts';

// A green check that cannot go red is a bug: each kind of harm, and what looks like it and is none.

const fine: Verdict = { problems: [], repeated: [], slowestInOutageMs: 0 };

/** An event with one handler whose delivery was answered, and whose job ran from 0 to 10. */
function judge(record: Partial<ClusterRecord>): Verdict {
  const attempts = [attempt()];
  return checkCluster({ events: 1, handlers: ['h'], attempts, runs: run(0), kills: [], outages: [], ...record });
}

function attempt(differs: Partial<Attempt> = {}): Attempt {
  const usual = {
    event: 0,
    copy: 0,
    sentAtMs: 0,
    endedAtMs: 1,
    status: 200,
    outcome: 'accepted',
    id: 'e',
    upstream: 'u',
  };
  return { ...usual, ...differs };
}

const duplicate = attempt({ copy: 1, outcome: 'duplicate' });
const refused = attempt({ status: 503, outcome: 'INBOX_UNAVAILABLE', id: undefined });

interface RunOf {
  readonly pid?: number;
  readonly attempt?: number;
  /** What of it came to be. @default all */
  readonly lines?: readonly RunLine['what'][];
}

function run(
  beganMs: number,
  { pid = 1, attempt = 1, lines = ['began', 'effect', 'returned'] }: RunOf = {},
): RunLine[] {
  return lines.map((what, index) => {
    const atMs = beganMs + index * 5;
    return { what, pid, key: 'k', attempt, handler: 'h', eventId: 'e', record: '', atMs };
  });
}

const unfinished: RunOf = { lines: ['began', 'effect'] };

test('an event that was accepted and handled is all right', () => {
  expect(judge({})).toEqual(fine);
});

test.each([
  ['no run', [], []],
  ['a run that was killed before its effect', run(0, { lines: ['began'] }), [{ pid: 1, atMs: 3 }]],
  ['a run that was killed after its effect', run(0, unfinished), [{ pid: 1, atMs: 7 }]],
  ['a run without an effect', run(0, { lines: ['began', 'returned'] }), []],
])('lost: %s', (_name, runs, kills) => {
  expect(judge({ runs, kills }).problems).toEqual(['lost: e for h']);
});

test('lost: for the second of its handlers', () => {
  expect(judge({ handlers: ['h', 'h2'] }).problems).toEqual(['lost: e for h2']);
});

test('lost: acknowledged as a duplicate only', () => {
  expect(judge({ attempts: [refused, duplicate], runs: [] }).problems).toEqual(['lost: e for h']);
});

test('an event that was never acknowledged', () => {
  expect(judge({ attempts: [refused] }).problems).toEqual(['0 of 1 events were acknowledged']);
});

test.each([
  ['one of two copies is new', [attempt(), duplicate], []],
  ['both copies are new', [attempt(), attempt({ copy: 1 })], ['event 0 was accepted 2 times']],
  ['new again after a failure', [attempt(), refused, attempt()], ['event 0 was accepted 2 times']],
  ['a duplicate of what an unanswered attempt stored', [refused, duplicate], []],
  ['a duplicate of nothing', [duplicate], ['event 0 was a duplicate at once, of nothing']],
  ['ignored', [attempt({ outcome: 'ignored' }), attempt()], ['event 0 was answered with 200 and ignored']],
  [
    'two ids',
    [attempt(), attempt({ copy: 1, outcome: 'duplicate', id: 'e2' })],
    ['lost: e2 for h', 'event 0 has several ids'],
  ],
])('answers: %s', (_name, attempts, problems) => {
  expect(judge({ attempts }).problems).toEqual(problems);
});

const outage = { fromMs: 1_000, toMs: 4_000 };

test.each([
  ['503 soon', { ...refused, sentAtMs: 1_500, endedAtMs: 3_500 }, 2_000, []],
  [
    '503 late',
    { ...refused, sentAtMs: 1_500, endedAtMs: 5_100 },
    3_600,
    ['event 0, in an outage: answered after 3600 ms'],
  ],
  [
    '200',
    attempt({ copy: 1, outcome: 'duplicate', sentAtMs: 1_500, endedAtMs: 1_510 }),
    10,
    ['outage 1: nothing was answered with 503', 'event 0, in an outage: answered with 200 duplicate'],
  ],
  [
    'no answer',
    { ...refused, status: 0, outcome: 'ECONNRESET', sentAtMs: 1_500, endedAtMs: 1_510 },
    10,
    ['outage 1: nothing was answered with 503', 'event 0, in an outage: answered with 0 ECONNRESET'],
  ],
])('while the database is down: %s', (_name, inOutage, slowestInOutageMs, problems) => {
  expect(judge({ attempts: [attempt(), inOutage], outages: [outage] })).toEqual({
    ...fine,
    slowestInOutageMs,
    problems,
  });
});

test('while the database is down the proxy may answer for a receiver that is not up', () => {
  const attempts = [502, 503].map((status) => ({ ...refused, status, sentAtMs: 1_500, endedAtMs: 1_501 }));
  expect(judge({ attempts: [...attempts, attempt()], outages: [outage] }).problems).toEqual([]);
});

test('an answer may be 200 once the database is up again', () => {
  const attempts = [{ ...refused, sentAtMs: 1_100, endedAtMs: 1_110 }, attempt({ sentAtMs: 3_900, endedAtMs: 4_100 })];
  expect(judge({ attempts, outages: [outage] }).problems).toEqual([]);
});

test.each([
  [
    'was killed while it ran',
    run(0, unfinished),
    [{ pid: 1, atMs: 7 }],
    [],
    'its worker was killed while it ran, and it ran again 20.0 s later',
  ],
  [
    'was killed before it was settled',
    run(0),
    [{ pid: 1, atMs: 12 }],
    [],
    'its worker was killed 2.0 ms after its end',
  ],
  ['ended in an outage', run(1_500), [], [outage], 'the database was down when it was to be settled'],
  ['ended just before an outage', run(900), [], [outage], 'the database was down when it was to be settled'],
])('an effect that is repeated is explained: its first run %s', (_name, first, kills, outages, why) => {
  const runs = [...first, ...run(20_000, { pid: 2, attempt: 2 })];
  const { problems, repeated } = judge({
    runs,
    kills,
    outages,
    attempts: [{ ...refused, sentAtMs: 2_000, endedAtMs: 2_001 }, attempt()],
  });
  expect(problems).toEqual([]);
  expect(repeated).toEqual([expect.stringMatching(`^job k of process 1: ${why}`)]);
});

test.each([
  ['nobody was killed', run(0), [], []],
  ['another worker was killed', run(0), [{ pid: 3, atMs: 7 }], []],
  ['its worker was killed long after', run(0), [{ pid: 1, atMs: 3_500 }], []],
  ['its worker was killed after the second run', run(0), [{ pid: 1, atMs: 30_000 }], []],
  ['it ended long before the outage', run(0), [], [{ fromMs: 4_000, toMs: 7_000 }]],
  ['it ended long after the outage', run(17_000), [], [outage]],
  ['the outage came after the second run', run(19_500), [], [{ fromMs: 20_400, toMs: 23_000 }]],
])('an effect that is repeated is not explained: %s', (_name, first, kills, outages) => {
  const runs = [...first, ...run(20_000, { pid: 2, attempt: 2 })];
  const inOutage = outages.map(({ fromMs }) => ({ ...refused, sentAtMs: fromMs + 1, endedAtMs: fromMs + 2 }));
  expect(judge({ runs, kills, outages, attempts: [...inOutage, attempt()] })).toMatchObject({
    problems: ['effect repeated, and nothing explains it: job k of process 1'],
    repeated: [],
  });
});

test('an effect that happens twice in one run', () => {
  const runs = run(0, { lines: ['began', 'effect', 'effect', 'returned'] });
  expect(judge({ runs }).problems).toEqual([
    'effect repeated, and nothing explains it: job k of process 1, in one run',
  ]);
});

test('a run that neither ended nor was killed goes on', () => {
  const runs = [...run(0, { lines: ['began'] }), ...run(20)];
  expect(judge({ runs }).problems).toEqual([expect.stringContaining('job k was run twice at the same time')]);
});

test.each([
  ['another process', { pid: 2 }],
  ['the same process', { attempt: 2 }],
])('a job that runs twice at the same time, the other time in %s', (_name, other) => {
  const runs = [...run(0, { lines: ['began', 'returned'] }), ...run(2, { ...other, lines: ['began'] })];
  expect(judge({ runs, kills: [{ pid: 2, atMs: 4 }] }).problems).toContain(
    'job k was run twice at the same time, by 3.0 ms',
  );
});
