import type { JobCounts, JobError, JobInfo } from '@twenty-webhooks/core';
import { printable } from '../terminal/printable.ts';
import { toTable } from '../terminal/to-table.ts';
import { shortLength } from './find-jobs.ts';

/** For `--json`. */
export function toShownJob(job: JobInfo): object {
  const { storedAtMs, dueAtMs, startedAtMs, finishedAtMs, attempt, lastError, ...facts } = job;
  return {
    ...facts,
    attempts: attempt,
    storedAt: toTime(storedAtMs),
    dueAt: toTime(dueAtMs),
    startedAt: toTime(startedAtMs),
    finishedAt: toTime(finishedAtMs),
    lastError,
  };
}

export function toJobTable(jobs: readonly JobInfo[], columns: number): readonly string[] {
  const length = shortLength(jobs.map(({ key }) => key));
  const rows = jobs.map(({ key, state, handler, event, recordId, attempt, finishedAtMs, storedAtMs }) => [
    printable(key.slice(0, length)),
    state,
    printable(handler),
    printable(event),
    printable(recordId ?? '-'),
    String(attempt),
    toTime(finishedAtMs ?? storedAtMs) ?? '',
  ]);
  const lines = toTable(['KEY', 'STATE', 'HANDLER', 'EVENT', 'RECORD', 'ATTEMPTS', 'SINCE'], rows);
  // The error has a line of its own: it is what people look for, and long.
  return lines.flatMap((line, index) => {
    const error = jobs[index - 1]?.lastError;
    return error === undefined ? [line] : [line, shorten(`  ${toErrorLine(error)}`, Math.max(columns, 80))];
  });
}

export const toCountLine = ({ dead, waiting, running, done }: JobCounts): string =>
  `${dead} dead, ${waiting} waiting, ${running} running, ${done} done`;

export function toErrorLine({ name, code, message }: JobError): string {
  const first = message.split('\n', 1)[0] ?? '';
  return printable(`${name}${code === undefined ? '' : ` (${code})`}: ${first}`);
}

/** ISO 8601 to the second; `undefined` for a time that is none. */
export function toTime(ms: number | undefined): string | undefined {
  if (ms === undefined || Math.abs(ms) > 8.64e15) return undefined;
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
