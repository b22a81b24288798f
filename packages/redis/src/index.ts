export type { RedisInboxOptions } from './inbox-options.ts';
export { type RedisInbox, redisInbox } from './redis-inbox.ts';
export { type RedisStore, type RedisStoreOptions, redisStore } from './redis-store.ts';
