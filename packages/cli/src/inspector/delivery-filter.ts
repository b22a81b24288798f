import type { DeliverySummary } from '../listen/inspector-api.ts';
import { verdictOf } from './verdict.ts';

/** Which deliveries the list shows. */
export interface DeliveryFilter {
  readonly text: string;
  readonly verdict: VerdictFilter;
  /** An event's name; `''` for all. */
  readonly event: string;
}

export const verdictFilters = ['all', 'genuine', 'refused', 'duplicates'] as const;
export type VerdictFilter = (typeof verdictFilters)[number];

export const noFilter: DeliveryFilter = { text: '', verdict: 'all', event: '' };

/**
 * Pick the deliveries that fit. All words of `text` must be in what the list knows of a delivery, in any order and case.
 *
 * @param bodyMatches ids of those that hold the text in their body or headers: they fit too
 */
export function filterDeliveries(
  deliveries: readonly DeliverySummary[],
  filter: DeliveryFilter,
  bodyMatches?: ReadonlySet<number>,
): readonly DeliverySummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && filter.verdict === 'all' && filter.event === '') return deliveries;
  return deliveries.filter(
    (delivery) =>
      (filter.event === '' || delivery.event === filter.event) &&
      fitsVerdict(delivery, filter.verdict) &&
      (bodyMatches?.has(delivery.id) === true || words.every((word) => searchText(delivery).includes(word))),
  );
}

function fitsVerdict(delivery: DeliverySummary, wanted: VerdictFilter): boolean {
  if (wanted === 'all') return true;
  const { kind } = verdictOf(delivery);
  if (wanted === 'duplicates') return kind === 'duplicate';
  const isRefused = kind === 'refused' || kind === 'failed';
  return wanted === 'refused' ? isRefused : !isRefused && delivery.scheme !== 'unsigned';
}

function searchText(delivery: DeliverySummary): string {
  const known = searchTexts.get(delivery);
  if (known !== undefined) return known;
  const { id, event, recordName, recordId, eventId, status, code, method, path } = delivery;
  const parts = [`#${id}`, event, recordName, recordId, eventId, status, code, `${method} ${path}`];
  const text = parts.filter(Boolean).join('\n').toLowerCase();
  searchTexts.set(delivery, text);
  return text;
}

// Typing searches 10,000 of them at every letter.
const searchTexts = new WeakMap<DeliverySummary, string>();

/** The names to choose from, in order. A sender may make up names without end, so there are at most 500. */
export function eventNames(deliveries: readonly DeliverySummary[]): readonly string[] {
  const names = new Set<string>();
  for (const { event } of deliveries) {
    if (event !== undefined && names.size < 500) names.add(event);
  }
  return [...names].sort();
}
