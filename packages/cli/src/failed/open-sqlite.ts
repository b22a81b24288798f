import { statSync } from 'node:fs';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
import { shownPath } from './inbox-address.ts';
import type { OpenInbox } from './open-inbox.ts';

/** Open an inbox file that is there; none is made. @throws INBOX_MISSING, INBOX_INVALID, NODE_TOO_OLD */
export async function openSqlite(path: string): Promise<OpenInbox> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new CommandError('INBOX_MISSING', `There is no file ${shownPath(path)}.`);
  if (!found.isFile()) throw new CommandError('INBOX_INVALID', `${printable(path)} is no file.`);
  await checkOwner(path);
  return (await import('@twenty-webhooks/sqlite')).sqliteInbox(path);
}

/** Whoever opens an empty file, or a database without tables, makes an inbox of it. */
async function checkOwner(path: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new CommandError('NODE_TOO_OLD', `SQLite needs Node 22.13 or newer; this is ${process.version}.`, { cause });
  });
  const found = { id: 0 as unknown };
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      found.id = database.prepare('PRAGMA application_id').get()?.application_id;
    } finally {
      database.close();
    }
  } catch {
    // The inbox says what is wrong with it.
    return;
  }
  if (found.id === 0) throw new CommandError('INBOX_INVALID', `${printable(path)} is no inbox of twenty-webhooks.`);
}
