import { printable } from '../terminal/printable.ts';
import { toTable } from '../terminal/to-table.ts';
import { normaliseUrl, shownTarget } from './target-url.ts';
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
  return { id, url: shownTarget(targetUrl), events: operations, description, signed, active: isActive };
}

/** Webhooks as a table; `=` marks those whose URL another one has. */
export function toWebhookTable(webhooks: readonly Webhook[]): readonly string[] {
  const duplicatesOf = findDuplicates(webhooks);
  const rows = webhooks.map((webhook) => {
    const { id, url, events, description, signed, active } = toShownWebhook(webhook);
    const isDoubled = duplicatesOf(webhook).length > 0;
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

/** Find for each webhook the ids of the others on the same URL. */
export function findDuplicates(webhooks: readonly Webhook[]): (webhook: Webhook) => readonly string[] {
  const idsOf = new Map<string, string[]>();
  for (const { id, targetUrl } of webhooks) {
    const url = normaliseUrl(targetUrl);
    const ids = idsOf.get(url);
    if (ids === undefined) idsOf.set(url, [id]);
    else ids.push(id);
  }
  return ({ id, targetUrl }) => (idsOf.get(normaliseUrl(targetUrl)) ?? []).filter((other) => other !== id);
}
