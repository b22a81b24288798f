import type { HandlerOf } from '@twenty-webhooks/express';
import type { Journal } from '../journal.ts';

/** Whatever is deleted, softly or for good, leaves the search index. */
export function unindex(journal: Journal): HandlerOf<'*.deleted' | '*.destroyed'> {
  return async ({ event, data }, { idempotencyKey, signal }) => {
    const text = `took the ${data.object} out of the search`;
    await journal.add(idempotencyKey, { event, recordId: data.id, text }, signal);
  };
}
