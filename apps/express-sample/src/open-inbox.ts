import { postgresInbox } from '@twenty-webhooks/postgres';
import { type EmbeddedInbox, sqliteInbox } from '@twenty-webhooks/sqlite';
import type { Env } from './env.ts';

/** Where events are until they are handled: the same for all processes of the app. */
export function openInbox({ databaseUrl, inboxFile }: Env): EmbeddedInbox {
  return databaseUrl === undefined ? sqliteInbox(inboxFile) : postgresInbox({ connectionString: databaseUrl });
}
