import { type PostgresInbox, type PostgresInboxOptions, postgresInbox } from '../src/index.ts';

/** For processes of `startInboxProcess`. */
export const openInbox = (options: PostgresInboxOptions): PostgresInbox => postgresInbox(options);
