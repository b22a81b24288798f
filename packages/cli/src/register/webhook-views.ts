import { printable } from '../terminal/printable.ts';
import { toTable } from '../terminal/to-table.ts';
import { normaliseUrl, shownUrl } from './target-url.ts';
import type { Webhook } from './twenty-webhooks-api.ts';

/** A webhook without what is secret. */
export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string;
  /** `null`: the server does not say. */
  readonly signed: boolean | null;
  readonly active: boolean;
}

export function toShownWebhook({ id, targetUrl, operations, description, secret, isActive }: Webhook): ShownWebhook {
  const signed = secret === undefined ? null : secret !== '';
  return { id, url: shownUrl(targetUrl), events: operations, description, signed, active: isActive };
}

/** Webhooks as a table; `=` marks those whose URL another one has. */
export function toWebhookTable(webhooks: readonly Webhook[]): readonly string[] {
  const rows = webhooks.map((webhook) => {
    const { id, url, events, description, signed, active } = toShownWebhook(webhook);
    const isDoubled = duplicatesOf(webhook, webhooks).length > 0;
    const isSigned = signed === null ? '?' : signed ? 'yes' : 'NO';
    const state = active ? '' : ' (disabled)';
    return [
      printable(id),
      `${url}${isDoubled ? ' =' : ''}`,
      printable(events.join(' ')),
      `${isSigned}${state}`,
      printable(description),
    ];
  });
  return toTable(['ID', 'URL', 'EVENTS', 'SIGNED', 'DESCRIPTION'], rows);
}

/** Ids of the other webhooks on the same URL. */
export function duplicatesOf({ id, targetUrl }: Webhook, webhooks: readonly Webhook[]): readonly string[] {
  const url = normaliseUrl(targetUrl);
  return webhooks.filter((other) => other.id !== id && normaliseUrl(other.targetUrl) === url).map((other) => other.id);
}
