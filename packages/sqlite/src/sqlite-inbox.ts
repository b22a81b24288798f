import { type EmbeddedInbox, type EmbeddedInboxOptions, embeddedInbox } from '@twenty-webhooks/core';
import { openDatabase } from './open-database.ts';
import { createSqliteJobs } from './sqlite-jobs.ts';

/**
 * An inbox in a SQLite file on a local disk. What it has stored survives the end of the process and a power cut; processes
 * of one machine may share the file. Jobs run in this process, up to `concurrency` at a time.
 *
 * @throws INBOX_INVALID for a file that cannot be used, OPTION_INVALID
 * @example
 * createReceiver({ inbox: sqliteInbox('inbox.sqlite'), on: { 'person.created': async ({ data }) => {} } });
 */
export function sqliteInbox(path: string, options: EmbeddedInboxOptions = {}): EmbeddedInbox {
  return embeddedInbox(() => createSqliteJobs(openDatabase(path)), options, 'sqliteInbox');
}
