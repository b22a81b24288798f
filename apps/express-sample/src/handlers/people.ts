import { fullName, type HandlerOf, primaryEmail } from '@twenty-webhooks/express';
import type { Journal } from '../journal.ts';

/** A new person gets a welcome. */
export function welcome(journal: Journal): HandlerOf<'person.created'> {
  return async ({ event, data }, { idempotencyKey, signal }) => {
    const name = fullName(data.attributes) || 'somebody';
    const email = primaryEmail(data.attributes) ?? 'no address';
    await journal.add(idempotencyKey, { event, recordId: data.id, text: `welcomed ${name} (${email})` }, signal);
  };
}
