import { expect, test } from 'vitest';
import { problemsOf, runSoak } from './run-soak.ts';

// `pnpm soak` in short: real processes on one file, killed under load.

test('nothing that was answered with 200 is lost when processes are killed', { timeout: 120_000 }, async () => {
  const result = await runSoak({ deliveries: 400, kills: 6, seed: 1 });
  expect(problemsOf(result)).toEqual([]);
  expect(result.kills).toBeGreaterThanOrEqual(6);
  expect(result.answers).toBeGreaterThanOrEqual(400);
  expect(result.handledEvents).toBe(400);
  // More runs than jobs: some fail at first, some are interrupted.
  expect(result.runs).toBeGreaterThan(result.counts.done);
});

test('an inbox that answers before the commit is found out', { timeout: 120_000 }, async () => {
  const result = await runSoak({ deliveries: 200, kills: 4, seed: 1, wrong: 'answers before the commit' });
  expect(result.lost).not.toEqual([]);
  expect(problemsOf(result)).toContain(`lost: ${result.lost[0]}`);
});

test('an inbox that takes jobs from others is found out', { timeout: 120_000 }, async () => {
  const wrong = 'takes jobs that others run';
  const result = await runSoak({ deliveries: 200, kills: 2, seed: 1, wrong, patienceMs: 2_000 });
  expect(result.overlaps).not.toEqual([]);
  expect(problemsOf(result)).toContain(`run twice at the same time: ${result.overlaps[0]}`);
});
