import { amountOf, type HandlerOf } from '@twenty-webhooks/express';
import type { Env } from '../env.ts';
import { toLink, toMarkup, toMessage } from '../message.ts';
import type { SlackChannel } from '../slack.ts';

/** `opportunity.created`, and changes of `stage`: tell the channel about a deal that is won. */
export function announceWin(slack: SlackChannel, env: Env): HandlerOf<'opportunity.created' | 'opportunity.updated'> {
  return ({ data: { id, attributes: deal } }, context) => {
    if (!env.wonStages.has(deal?.stage ?? '')) return undefined;
    const facts = { Amount: toMarkup(formatAmount(deal?.amount)), Stage: toMarkup(deal?.stage) };
    const link = toLink(env.twentyUrl, 'opportunity', id);
    return slack.postOnce(toMessage({ title: 'Won', name: deal?.name ?? '', facts, link }), context);
  };
}

/** `€1,250,000`, exact: a micro more is shown, nothing is rounded. The format of Twenty's guide has a bare number. */
export function formatAmount(field: Parameters<typeof amountOf>[0] | number | string): string | undefined {
  const isBare = /^-?\d+(\.\d+)?(e[-+]\d+)?$/.test(String(field));
  const amount = typeof field === 'object' ? amountOf(field) : isBare && { decimal: String(field), currencyCode: '' };
  if (!amount) return undefined;
  const { decimal, currencyCode: currency } = amount;
  // A workspace may have currencies that Intl does not take.
  const style = /^[A-Z]{3}$/.test(currency) ? ({ style: 'currency', currency } as const) : undefined;
  const options = { ...style, maximumFractionDigits: 100, trailingZeroDisplay: 'stripIfInteger' } as const;
  // Intl takes decimal text as it is; a number would be rounded beyond 2^53. The types do not know it.
  const text = new Intl.NumberFormat('en', options).format(decimal as unknown as bigint);
  return style ? text : `${text} ${currency}`.trim();
}
