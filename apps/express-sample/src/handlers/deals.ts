import { amountOf, type HandlerOf } from '@twenty-webhooks/express';
import type { Journal } from '../journal.ts';

/** A deal that changes its stage is announced, with its amount. */
export function announceStage(journal: Journal): HandlerOf<'opportunity.updated'> {
  return ({ event, data }) => {
    const { name, stage, amount } = data.attributes ?? {};
    const worth = amountOf(amount);
    const money = worth === undefined ? 'an unknown amount' : `${worth.decimal} ${worth.currencyCode}`;
    journal.add({ event, recordId: data.id, text: `announced ${name ?? 'a deal'} in ${stage ?? '?'}, ${money}` });
  };
}
