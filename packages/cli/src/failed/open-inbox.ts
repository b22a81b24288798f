import { type InboxInspection, within } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import type { Progress } from '../terminal/progress.ts';
import { readVariable } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { hasPassword, type InboxAddress, shownAddress, toInboxAddress } from './inbox-address.ts';
import { toInboxError, unreachable } from './inbox-error.ts';
import { limitReads } from './limit-reads.ts';

export interface InboxOptions {
  readonly inbox?: string;
  readonly envFile?: string;
  readonly queue?: string;
  readonly schema?: string;
  readonly prefix?: string;
}

/** An inbox, as far as it is looked into: nothing is run. */
export interface OpenInbox {
  readonly inspection: InboxInspection;
  ready?(): Promise<void>;
  close(options: { readonly graceMs: number }): Promise<void>;
}

/** What there is to work with. */
export interface UsedInbox {
  readonly inspection: InboxInspection;
  /** Its address as it may be seen. */
  readonly shown: string;
  /** Runs until the inbox is closed; stop it before somebody is asked. */
  readonly progress: Progress;
}

/**
 * Open the inbox of `--inbox` or TWENTY_INBOX, use it, and close it again.
 *
 * @throws INBOX_MISSING, INBOX_INVALID, INBOX_UNAVAILABLE, PACKAGE_MISSING, NODE_TOO_OLD, OPTION_INVALID
 */
export async function withInbox<T>(
  terminal: Terminal,
  options: InboxOptions,
  use: (inbox: UsedInbox) => Promise<T>,
): Promise<T> {
  const given = options.inbox ?? readVariable(terminal, 'TWENTY_INBOX', options.envFile);
  if (!given) {
    throw new CommandError(
      'INBOX_MISSING',
      'Which inbox? Give --inbox inbox.sqlite, or set TWENTY_INBOX to its file or URL.',
    );
  }
  const address = toInboxAddress(given);
  checkFit(address, options);
  if (options.inbox !== undefined && hasPassword(address)) {
    terminal.note(
      'Warning: a password on the command line stays in the shell history and shows in the list of processes; set TWENTY_INBOX instead.',
    );
  }
  const progress = terminal.progress();
  progress.update(`Looking into ${shownAddress(address)}`);
  let inbox: OpenInbox | undefined;
  try {
    inbox = await open(address, options);
    const ready = await within(readyMs, Promise.resolve(inbox.ready?.()));
    if (ready === undefined) throw unreachable(`no answer within ${readyMs / 1_000} s`, address);
    return await use({ inspection: limitReads(inbox.inspection, readMs), shown: shownAddress(address), progress });
  } catch (error) {
    throw toInboxError(error, address);
  } finally {
    progress.stop();
    await within(
      closeMs,
      Promise.resolve(inbox?.close({ graceMs: 0 })).catch(() => {}),
    );
  }
}

/** What is said for another kind of inbox is a mistake: without it, another queue would be looked into. */
function checkFit({ kind }: InboxAddress, { queue, schema, prefix }: InboxOptions): void {
  const wrong = [
    kind === 'sqlite' && queue !== undefined && '--queue',
    kind !== 'postgres' && schema !== undefined && '--schema',
    kind !== 'redis' && prefix !== undefined && '--prefix',
  ].find((name) => name !== false);
  if (wrong !== undefined)
    throw new CommandError('OPTIONS_INVALID', `${wrong} is not for this kind of inbox (${kind}).`);
}

async function open(address: InboxAddress, options: InboxOptions): Promise<OpenInbox> {
  if (address.kind === 'sqlite') return (await import('./open-sqlite.ts')).openSqlite(address.path);
  if (address.kind === 'redis') return (await import('./open-redis.ts')).openRedis(address.url.href, options);
  return (await import('./open-postgres.ts')).openPostgres(address.url.href, options);
}

const readyMs = 10_000;
const readMs = 30_000;
const closeMs = 3_000;
