import type { JobDetails } from '@twenty-webhooks/core';
import { maskSecrets } from '../mask-secrets.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { findJobs } from './find-jobs.ts';
import { toErrorLine, toShownJob, toTime } from './job-views.ts';
import { type InboxOptions, withInbox } from './open-inbox.ts';

export interface ShowJobOptions extends InboxOptions {
  readonly raw?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Show one job with its error and its body; or with `--raw` the body alone, byte for byte. */
export async function showJob(
  terminal: Terminal,
  options: ShowJobOptions,
  start: string,
): Promise<CommandResult | undefined> {
  if (options.raw && options.json) throw new CommandError('OPTIONS_INVALID', '--raw and --json exclude each other.');
  const job = await withInbox(terminal, options, async ({ inspection }) => {
    const [found] = await findJobs(inspection, [start]);
    return found && inspection.get(found.key);
  });
  if (job === undefined) {
    throw new CommandError('JOB_UNKNOWN', 'Somebody has purged this job meanwhile.', { exitCode: exitCodes.negative });
  }
  const { body, hasSecrets } = readBody(job.body);
  if (!options.raw) {
    const json = { ...toShownJob(job), delivery: job.delivery, headers: job.headers, body, isMasked: hasSecrets };
    return { exitCode: exitCodes.ok, json, lines: toLines(job, body) };
  }
  if (hasSecrets && !options.yes) {
    throw new CommandError(
      'RAW_HOLDS_SECRETS',
      'This body may hold the secrets of webhooks, and --raw does not mask them: add --yes if that is what you want.',
    );
  }
  await new Promise<void>((resolve) => void process.stdout.write(job.body, () => resolve()));
  return undefined;
}

function readBody(bytes: Uint8Array): { readonly body: unknown; readonly hasSecrets: boolean } {
  const text = new TextDecoder().decode(bytes);
  try {
    const parsed: unknown = JSON.parse(text);
    const body = maskSecrets(parsed);
    return { body, hasSecrets: body !== parsed };
  } catch {
    // Not what this receiver has stored; somebody else may have written it.
    return { body: text, hasSecrets: false };
  }
}

function toLines(job: JobDetails, body: unknown): readonly string[] {
  const { scheme, receivedAtMs } = job.delivery;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['key', job.key],
    ['state', job.state],
    ['handler', job.handler],
    ['event', job.event],
    ['event id', job.eventId],
    ['workspace', job.workspaceId],
    ['record', job.recordId === undefined ? undefined : `${job.object} ${job.recordId}`],
    ['attempts', String(job.attempt)],
    ['signature', scheme],
    ['received', toTime(receivedAtMs)],
    ['stored', toTime(job.storedAtMs)],
    ['due', toTime(job.dueAtMs)],
    ['started', toTime(job.startedAtMs)],
    ['finished', toTime(job.finishedAtMs)],
  ];
  const named = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(10)} ${printable(value)}`],
  );
  const { lastError: error } = job;
  const stack = error?.stack?.split('\n') ?? error?.message.split('\n').slice(1) ?? [];
  // A stack begins with name and message.
  const trace =
    error !== undefined && stack[0]?.includes(error.message.split('\n', 1)[0] ?? '') ? stack.slice(1) : stack;
  return [
    ...named,
    ...(error === undefined ? [] : ['', toErrorLine(error), ...trace.map(printable)]),
    '',
    ...(typeof body === 'string' ? body : JSON.stringify(body, null, 2)).split('\n').map(printable),
  ];
}
