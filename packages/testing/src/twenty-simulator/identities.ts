import type { JsonObject } from '../deep-merge.ts';
import type { Author } from './record-changes.ts';

// The user who works in the app. The same in every simulated workspace, as in the sample events.
export const userId = '20202020-9e3b-46d4-a556-88b9ddc2b034';
export const workspaceMemberId = '20202020-463f-435b-828c-107e007a2711';
export const apiKeyId = '20202020-a91c-4d5e-8c0f-5b6e7d8f9a01';

/** What `createdBy` and `updatedBy` say of an author. */
export const actorOf = (author: Author): JsonObject =>
  author === 'user'
    ? { source: 'MANUAL', workspaceMemberId, name: 'Jane Austen', context: {} }
    : { source: 'API', workspaceMemberId: null, name: 'Sync key', context: {} };
