import { normaliseUrl, shownTarget } from './target-url.ts';
import type { Webhook, WebhookChanges } from './twenty-webhooks-api.ts';

/** What is asked for. */
export interface Registration {
  readonly targetUrl: string;
  readonly operations: readonly string[];
  /** `undefined`: as it is. */
  readonly description: string | undefined;
}

export interface Plan {
  /** To be updated; `undefined`: a new one. */
  readonly existing: Webhook | undefined;
  /** Beside the one to be updated. */
  readonly others: readonly Webhook[];
  /** Without the secret. Empty: it is as it should be. */
  readonly changes: WebhookChanges;
}

/** Compare what is there with what is asked for. Of several webhooks on the URL it is the oldest that is updated. */
export function planRegistration(webhooks: readonly Webhook[], wanted: Registration): Plan {
  const url = normaliseUrl(wanted.targetUrl);
  const [existing, ...others] = webhooks.filter(({ targetUrl }) => normaliseUrl(targetUrl) === url);
  const { targetUrl, operations, description } = wanted;
  const isDescribed = description !== undefined && description !== (existing?.description ?? '');
  const changes = {
    ...(targetUrl !== existing?.targetUrl && { targetUrl }),
    ...(!isSameSet(operations, existing?.operations ?? []) && { operations }),
    ...(isDescribed && { description }),
  };
  return { existing, others, changes };
}

export interface ShownChange {
  readonly field: 'url' | 'events' | 'description';
  /** `undefined` for a new webhook. */
  readonly before: string | undefined;
  readonly after: string;
}

/** All fields of a new webhook; those that change of one that is there. As they may be seen. */
export function toShownChanges({ existing, changes }: Plan): readonly ShownChange[] {
  const shown: ShownChange[] = [];
  const { targetUrl, operations, description } = changes;
  const add = (field: ShownChange['field'], before: string | undefined, after: string | undefined): void => {
    if (after !== undefined) shown.push({ field, before, after });
  };
  add('url', existing && shownTarget(existing.targetUrl), targetUrl && shownTarget(targetUrl));
  add('events', existing?.operations.join(', '), operations?.join(', '));
  add('description', existing?.description, description);
  return shown;
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  [...new Set(one)].sort().join() === [...new Set(other)].sort().join();
