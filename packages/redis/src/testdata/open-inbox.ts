export { openInbox } from './redis-storage.ts';
