import { expect, test } from 'vitest';
import { isReached } from '../bar.ts';
import { barsOfHostile } from './bars-of-hostile.ts';
import { problemsOf } from './judge-hostile.ts';
import type { HostileResult, Phase } from './run-hostile.ts';

// A green check that cannot go red is a bug: each kind of harm.

const mb = 1024 * 1024;

const phase: Phase = {
  name: 'all together',
  isAttack: true,
  good: { sent: 1, accepted: ['a'], unknown: [], failures: {}, answerMs: { p50: 5, p99: 20, max: 30 } },
  server: {
    loop: { p99Ms: 5, maxMs: 20, worst: { delayMs: 20, cpuMs: 5, queuedMs: 15 } },
    longestGcMs: 3,
    residentBytes: Array.from({ length: 60 }, () => 100 * mb),
    mostSockets: 10,
    cpuMs: 1_000,
    queuedMs: 0,
    durationMs: 15_000,
  },
  reports: [{ attack: 'bad-signatures', durationMs: 1_000, counts: { 401: 10_000 }, wrong: [], accepted: ['b'] }],
};

const good: HostileResult = {
  phases: [phase],
  heapBytes: { before: 20 * mb, after: 20 * mb },
  socketsLeft: 0,
  stored: ['a', 'b'].map((recordId) => ({ recordId, state: 'done', attempt: 1 })),
  lines: ['[twenty-webhooks] SIGNATURE_MISMATCH: another secret'],
  durationMs: 20_000,
};

const withPhase = (change: Partial<Phase>): HostileResult => ({ ...good, phases: [{ ...phase, ...change }] });
const withGood = (change: Partial<Phase['good']>): HostileResult => withPhase({ good: { ...phase.good, ...change } });
const withReport = (change: object): HostileResult =>
  withPhase({ reports: phase.reports.map((report) => ({ ...report, ...change })) });
const job = (recordId: string, change: object = {}): HostileResult['stored'][number] => ({
  recordId,
  state: 'done',
  attempt: 1,
  ...change,
});

test('nothing is wrong with a good result', () => {
  expect(problemsOf(good)).toEqual([]);
  expect(barsOfHostile(good).filter((bar) => !isReached(bar))).toEqual([]);
});

test.each<[string, HostileResult, string]>([
  ['a good one is refused', withGood({ failures: { '401 {}': 2 } }), 'all together: good deliveries: 2 × 401 {}'],
  ['nothing is sent', withGood({ sent: 0 }), 'all together: no good delivery was sent'],
  ['a bad one is acknowledged', withReport({ wrong: ['x: 200'] }), 'all together: bad-signatures: x: 200'],
  ['an attack does nothing', withReport({ counts: {} }), 'all together: bad-signatures did nothing'],
  ['one is lost', { ...good, stored: [job('a')] }, '1 deliveries were answered with 200 and are not in the inbox'],
  [
    'a bad one is stored',
    { ...good, stored: [...good.stored, job('c')] },
    '1 deliveries are in the inbox that were not answered with 200',
  ],
  [
    'one is stored twice',
    { ...good, stored: [...good.stored, job('a')] },
    '1 deliveries are in the inbox more than once',
  ],
  [
    'one is not handled',
    { ...good, stored: [job('a'), job('b', { state: 'waiting', attempt: 0 })] },
    '1 deliveries were not handled in one run',
  ],
  [
    'one is handled in the second run',
    { ...good, stored: [job('a'), job('b', { attempt: 2 })] },
    '1 deliveries were not handled in one run',
  ],
  ['sockets leak', { ...good, socketsLeft: 3 }, '3 connections are still open after the attacks'],
  [
    'the log is flooded',
    { ...good, lines: [...good.lines, ...good.lines] },
    '2 lines of SIGNATURE_MISMATCH in the log, not 1',
  ],
  ['Node warns', { ...good, lines: ['(node:1) MaxListeners'] }, 'in the log: (node:1) MaxListeners'],
])('%s', (_name, result, problem) => {
  expect(problemsOf(result)).toEqual([problem]);
});

test('a delivery whose sender was told nothing may be stored or not', () => {
  const unsure = withGood({ unknown: ['c'], failures: { 'no answer within 5 s': 1 } });
  const problems = problemsOf(unsure);
  expect(problems).toEqual(['all together: good deliveries: 1 × no answer within 5 s']);
  expect(problemsOf({ ...unsure, stored: [...good.stored, job('c')] })).toEqual(problems);
});

const withServer = (change: Partial<Phase['server']>): HostileResult =>
  withPhase({ server: { ...phase.server, ...change } });

test.each<[string, HostileResult]>([
  ['slowest 1% of good deliveries', withGood({ answerMs: { p50: 5, p99: 1_001, max: 2_000 } })],
  ['event loop', withServer({ loop: { ...phase.server.loop, maxMs: 51 } })],
  ['resident memory', withServer({ residentBytes: Array.from({ length: 60 }, (_, index) => (100 + index) * mb) })],
  ['heap after collection', { ...good, heapBytes: { before: 20 * mb, after: 23 * mb } }],
  ['bad signatures', withReport({ counts: { 401: 9_999 } })],
])('bar not reached: %s', (name, result) => {
  const missed = barsOfHostile(result).filter((bar) => !isReached(bar));
  expect(missed.map((bar) => bar.name)).toEqual([expect.stringContaining(name)]);
});
