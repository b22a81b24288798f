import type { JobState } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toCountLine, toJobTable, toShownJob } from './job-views.ts';
import { type InboxOptions, withInbox } from './open-inbox.ts';

export interface ListJobsOptions extends InboxOptions {
  readonly state: JobState;
  readonly handler?: string;
  readonly object?: string;
  readonly limit: string;
}

/** List jobs, by default the dead ones, the newest first. */
export function listJobs(terminal: Terminal, options: ListJobsOptions): Promise<CommandResult> {
  const { state, handler, object } = options;
  const limit = Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new CommandError('OPTION_INVALID', '--limit must be a whole number from 1');
  return withInbox(terminal, options, async ({ inspection, shown }) => {
    const counts = await inspection.counts();
    // One more shows that there are more.
    const found = await inspection.list({ state, handler, object, limit: limit + 1 });
    const jobs = found.slice(0, limit);
    const isEmpty = Object.values(counts).every((count) => count === 0);
    const filter = [handler, object].some((name) => name !== undefined) ? ' that fit' : '';
    return {
      exitCode: exitCodes.ok,
      json: { inbox: shown, counts, jobs: jobs.map(toShownJob), hasMore: found.length > limit },
      lines: [
        ...(jobs.length === 0 ? [`No ${state} jobs${filter}.`] : toJobTable(jobs, terminal.columns)),
        ...(found.length > limit ? [`There are more: --limit ${limit * 10} shows them.`] : []),
        ...(isEmpty && /^rediss?:/.test(shown)
          ? ['Nothing at all is there: are --prefix and --queue those of the app?']
          : []),
        `${printable(shown)}: ${toCountLine(counts)}`,
      ],
    };
  });
}
