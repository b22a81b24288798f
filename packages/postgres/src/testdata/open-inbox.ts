import { type PostgresInbox, type PostgresInboxOptions, postgresInbox } from '../index.ts';

/** Where an inbox of a test is. */
export interface InboxPlace {
  readonly connectionString: string;
  readonly queue: string;
}

/** For processes that `describeInbox` starts. */
export const openInbox = (location: string, settings: PostgresInboxOptions): PostgresInbox =>
  postgresInbox({ ...(JSON.parse(location) as InboxPlace), ...settings, logger: silent });

// What the inbox says in the background is no line of a receiver; `outage.test.ts` reads it.
const silent = { warn() {}, error() {} };
