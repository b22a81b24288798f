import { amountOf, type HandlerOf } from '@twenty-webhooks/express';
import type { Journal } from '../journal.ts';

/** A deal that changes its stage is announced, with its amount. Not if a later change of it was announced already. */
export function announceStage(journal: Journal): HandlerOf<'opportunity.updated'> {
  return async ({ event, data }, { idempotencyKey, isStale, signal }) => {
    if (isStale) return;
    const { name, stage, amount } = data.attributes ?? {};
    const worth = amountOf(amount);
    const money = worth === undefined ? 'an unknown amount' : `${worth.decimal} ${worth.currencyCode}`;
    const text = `announced ${name ?? 'a deal'} in ${stage ?? '?'}, ${money}`;
    await journal.add(idempotencyKey, { event, recordId: data.id, text }, signal);
  };
}
