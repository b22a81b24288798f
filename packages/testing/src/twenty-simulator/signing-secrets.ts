import type { SimulatedWebhook } from './webhook-registry.ts';

/** Which secret signs the next delivery: Twenty caches its webhooks, so after a rotation the old one lives on for a while. */
export interface SigningSecrets {
  /** @param deliveries how many the old secret still signs */
  rotated(before: SimulatedWebhook, deliveries: number): void;
  /** Counts as one delivery. */
  take(webhook: SimulatedWebhook): string;
}

export function createSigningSecrets(): SigningSecrets {
  const stale = new Map<string, { readonly secret: string; left: number }>();
  return {
    rotated(before, deliveries) {
      stale.set(before.id, { secret: before.secret, left: deliveries });
    },
    take(webhook) {
      const old = stale.get(webhook.id);
      if (old === undefined || old.left <= 0) return webhook.secret;
      old.left -= 1;
      return old.secret;
    },
  };
}
