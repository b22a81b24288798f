export { type BossLike, type PostgresInbox, type PostgresInboxOptions, postgresInbox } from './postgres-inbox.ts';
export { type PostgresStore, type PostgresStoreOptions, postgresStore } from './postgres-store.ts';
export { migrate, type SqlClient, sql } from './schema.ts';
