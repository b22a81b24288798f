export type { EmbeddedInbox, EmbeddedInboxOptions } from '@twenty-webhooks/core';
export { sqliteInbox } from './sqlite-inbox.ts';
export { type SqliteStore, type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts';
