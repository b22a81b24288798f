import type { InboxInspection, JobInfo, JobState } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Find the jobs that are meant by keys, or by beginnings of keys: each among the dead, else among all.
 *
 * @throws JOB_UNKNOWN, JOB_AMBIGUOUS, with an exit code of 1
 */
export async function findJobs(inspection: InboxInspection, starts: readonly string[]): Promise<readonly JobInfo[]> {
  const found = new Map<string, readonly JobInfo[]>();
  for (const start of new Set(starts)) {
    const exact = await inspection.get(start);
    if (exact !== undefined) found.set(start, [exact]);
    else if (start.length < shortestStart) throw tooShort(start);
  }
  for (const state of ['dead', undefined] as const) {
    const missing = starts.filter((start) => !found.has(start));
    for (const [start, jobs] of await jobsFrom(inspection, missing, state)) found.set(start, jobs);
  }
  return starts.map((start) => onlyOne(start, found.get(start) ?? []));
}

function onlyOne(start: string, [job, ...others]: readonly JobInfo[]): JobInfo {
  const shown = printable(start);
  if (job === undefined) {
    throw negative('JOB_UNKNOWN', `There is no job ${shown}. "twenty-webhooks failed list" shows those that are dead.`);
  }
  if (others.length === 0) return job;
  const candidates = [job, ...others].map(
    ({ key, state, handler }) => `\n  ${printable(key)}  ${state}  ${printable(handler)}`,
  );
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

/** Jobs by the beginnings of their keys, in one pass, which ends where each has as many as are shown. */
async function jobsFrom(
  inspection: InboxInspection,
  starts: readonly string[],
  state: JobState | undefined,
): Promise<ReadonlyMap<string, readonly JobInfo[]>> {
  const found = new Map<string, JobInfo[]>();
  const open = new Set(starts);
  let before: string | undefined;
  while (open.size > 0) {
    const page = await inspection.list({ limit: pageSize, state, before });
    for (const start of open) {
      const jobs = [...(found.get(start) ?? []), ...page.filter(({ key }) => key.startsWith(start))];
      if (jobs.length > 0) found.set(start, jobs.slice(0, mostCandidates));
      if (jobs.length >= mostCandidates) open.delete(start);
    }
    if (page.length < pageSize) break;
    before = page.at(-1)?.key;
  }
  return found;
}

const tooShort = (start: string): CommandError =>
  negative('JOB_UNKNOWN', `"${printable(start)}" is too short for a key: give at least ${shortestStart} characters.`);

const negative = (code: string, message: string): CommandError =>
  new CommandError(code, message, { exitCode: exitCodes.negative });

const shortestStart = 4;
const pageSize = 1_000;
const mostCandidates = 10;
