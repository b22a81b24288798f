import type { InboxInspection, JobInfo, JobState } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Find the job that is meant by a key, or by the beginning of one: among the dead, else among all.
 *
 * @throws JOB_UNKNOWN, JOB_AMBIGUOUS, with an exit code of 1
 */
export async function findJob(inspection: InboxInspection, start: string): Promise<JobInfo> {
  const exact = await inspection.get(start);
  if (exact !== undefined) return exact;
  const shown = printable(start);
  if (start.length < shortestStart) {
    throw negative('JOB_UNKNOWN', `"${shown}" is too short for a key: give at least ${shortestStart} characters.`);
  }
  const dead = await jobsFrom(inspection, start, 'dead');
  const found = dead.length > 0 ? dead : await jobsFrom(inspection, start, undefined);
  const [job, ...others] = found;
  if (job === undefined) {
    throw negative('JOB_UNKNOWN', `There is no job ${shown}. "twenty-webhooks failed list" shows those that are dead.`);
  }
  if (others.length === 0) return job;
  const candidates = found.map(({ key, state, handler }) => `\n  ${printable(key)}  ${state}  ${printable(handler)}`);
  throw negative('JOB_AMBIGUOUS', `Several jobs begin with ${shown}:${candidates.join('')}`);
}

/** The shortest beginning by which each of these keys, and no other of them, is meant. */
export function shortLength(keys: readonly string[]): number {
  const sorted = [...keys].sort();
  let length = 8;
  for (const [index, key] of sorted.entries()) {
    const next = sorted[index + 1] ?? '';
    while (length < key.length && key.slice(0, length) === next.slice(0, length)) length++;
  }
  return length;
}

async function jobsFrom(inspection: InboxInspection, start: string, state: JobState | undefined): Promise<JobInfo[]> {
  const found: JobInfo[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await inspection.list({ limit: pageSize, state, before });
    found.push(...page.filter(({ key }) => key.startsWith(start)));
    if (page.length < pageSize || found.length >= mostCandidates) return found.slice(0, mostCandidates);
    before = page.at(-1)?.key;
  }
}

const negative = (code: string, message: string): CommandError =>
  new CommandError(code, message, { exitCode: exitCodes.negative });

const shortestStart = 4;
const pageSize = 1_000;
const mostCandidates = 10;
