import type { JsonObject } from '../deep-merge.ts';
import { workspaceMemberId } from '../identities.ts';
import type { Author } from './record-changes.ts';

/** What `createdBy` and `updatedBy` say of an author. */
export const actorOf = (author: Author): JsonObject =>
  author === 'user'
    ? { source: 'MANUAL', workspaceMemberId, name: 'Jane Austen', context: {} }
    : { source: 'API', workspaceMemberId: null, name: 'Sync key', context: {} };
