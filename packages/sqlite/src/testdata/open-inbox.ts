import { type EmbeddedInbox, type EmbeddedInboxOptions, sqliteInbox } from '../index.ts';

/** For processes that `describeInbox` starts. */
export const openInbox = (location: string, settings: EmbeddedInboxOptions): EmbeddedInbox =>
  sqliteInbox(location, settings);
