import type { DeliverySummary } from '../listen/inspector-api.ts';

/** Count the deliveries that are newer than one; the list is newest first. */
export function newerThan(deliveries: readonly DeliverySummary[], id: number): number {
  let [low, high] = [0, deliveries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((deliveries[middle]?.id ?? 0) > id) low = middle + 1;
    else high = middle;
  }
  return low;
}
