import { isWebhookError } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import { type InboxAddress, shownAddress, withoutSecrets } from './inbox-address.ts';

/** What a command ends with when an inbox cannot be opened, or fails while it is used. A fault of ours stays as it is. */
export function toInboxError(error: unknown, address: InboxAddress): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  if (address.kind === 'sqlite' && (isLocked(error) || isLocked(error.cause))) {
    return unreachable('another process keeps the file locked', address, error);
  }
  if (isWebhookError(error)) {
    const message = withoutSecrets(address, printable(error.message));
    if (error.code === 'INBOX_UNAVAILABLE') return unreachable(message, address);
    const where = address.kind === 'sqlite' ? '' : `The inbox at ${shownAddress(address)} cannot be used: `;
    return new CommandError(error.code, `${where}${message}`);
  }
  if (address.kind === 'sqlite' || /^(Type|Range|Reference|Syntax)Error$/.test(error.name)) return error;
  // What drivers throw when a connection breaks. Only its first line: in the rest Postgres repeats what it was given.
  return unreachable(withoutSecrets(address, printable(error.message.split('\n', 1)[0] ?? '')), address, error);
}

export const unreachable = (why: string, address: InboxAddress, cause?: unknown): CommandError =>
  new CommandError('INBOX_UNAVAILABLE', `The inbox at ${shownAddress(address)} cannot be reached: ${why}`, {
    exitCode: exitCodes.unreachable,
    cause,
  });

/** SQLITE_BUSY, SQLITE_LOCKED: https://sqlite.org/rescode.html */
const isLocked = (error: unknown): boolean => [5, 6].includes(Number(Object(error).errcode) & 0xff);
