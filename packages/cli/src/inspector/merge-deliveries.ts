import type { DeliverySummary } from '../listen/inspector-api.ts';

/**
 * Add what came to a list that is newest first. One that is known is replaced: it changed. Of more than `keep` the oldest
 * are left out, as the server forgets them.
 */
export function mergeDeliveries(
  known: readonly DeliverySummary[],
  arrived: readonly DeliverySummary[],
  keep: number,
): readonly DeliverySummary[] {
  if (arrived.length === 0) return known;
  // Later ones say more about the same delivery.
  const byId = new Map(arrived.map((delivery) => [delivery.id, delivery]));
  const newestKnownId = known[0]?.id ?? 0;
  const fresh = [...byId.values()].filter(({ id }) => id > newestKnownId).sort((one, other) => other.id - one.id);
  const rest = fresh.length === byId.size ? known : known.map((delivery) => byId.get(delivery.id) ?? delivery);
  return [...fresh, ...rest].slice(0, keep);
}
