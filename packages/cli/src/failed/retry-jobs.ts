import type { InboxInspection } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { findJobs } from './find-jobs.ts';
import { type InboxOptions, withInbox } from './open-inbox.ts';

export interface RetryJobsOptions extends InboxOptions {
  readonly all?: boolean;
  readonly handler?: string;
  readonly object?: string;
}

/** Let jobs run again, with all their attempts. They run in the app, not here. */
export function retryJobs(
  terminal: Terminal,
  options: RetryJobsOptions,
  starts: readonly string[],
): Promise<CommandResult> {
  const { all: isAll = false, handler, object } = options;
  if (isAll === starts.length > 0) {
    throw new CommandError('OPTIONS_INVALID', 'Which ones? Give keys of "twenty-webhooks failed list", or --all.');
  }
  if (!isAll && (handler !== undefined || object !== undefined)) {
    throw new CommandError('OPTIONS_INVALID', '--handler and --object go with --all.');
  }
  return withInbox(terminal, options, async ({ inspection }) => {
    if (isAll) {
      const retried = await inspection.retry({ handler, object });
      return { exitCode: exitCodes.ok, json: { retried }, lines: [toLine(retried)] };
    }
    const { retried, left } = await retryEach(inspection, starts);
    return {
      exitCode: left.length === 0 ? exitCodes.ok : exitCodes.negative,
      json: { retried: retried.length, keys: retried, notRetried: left.map(({ key, state }) => ({ key, state })) },
      lines: [
        toLine(retried.length),
        ...left.map(
          ({ key, state }) =>
            `${printable(key)} is ${state}: only jobs that are dead, or wait for a retry, can run again.`,
        ),
      ],
    };
  });
}

async function retryEach(inspection: InboxInspection, starts: readonly string[]) {
  // All of them are found before the first is changed.
  const jobs = new Map((await findJobs(inspection, starts)).map(({ key, state }) => [key, state]));
  const retried: string[] = [];
  const left: { readonly key: string; readonly state: string }[] = [];
  for (const [key, state] of jobs) {
    if ((await inspection.retry(key)) > 0) retried.push(key);
    else left.push({ key, state });
  }
  return { retried, left };
}

function toLine(count: number): string {
  if (count === 0) return 'No job is to run again.';
  return `${count === 1 ? '1 job is' : `${count} jobs are`} to run again: as soon as a worker of the app runs.`;
}
