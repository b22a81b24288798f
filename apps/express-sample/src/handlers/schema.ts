import type { HandlerOf } from '@twenty-webhooks/express';
import type { Journal } from '../journal.ts';

/** A change of the workspace's schema or settings is noted. */
export function noteChange(journal: Journal): HandlerOf<'metadata.*.*'> {
  return async ({ event, data }, { idempotencyKey, signal }) => {
    const text = `noted a change of ${data.metadataName}`;
    await journal.add(idempotencyKey, { event, recordId: data.id, text }, signal);
  };
}
