import { type DeliveryFilter, verdictFilters } from './delivery-filter.ts';

/** What the page's address keeps over a reload. */
export interface Place {
  readonly selectedId: number | undefined;
  readonly filter: DeliveryFilter;
}

/** Read `#delivery=12&q=ada&verdict=refused&event=person.created`; what makes no sense counts as not there. */
export function parseHash(hash: string): Place {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const id = Number(parameters.get('delivery') ?? '');
  return {
    selectedId: Number.isSafeInteger(id) && id > 0 ? id : undefined,
    filter: {
      text: parameters.get('q') ?? '',
      verdict: verdictFilters.find((verdict) => verdict === parameters.get('verdict')) ?? 'all',
      event: parameters.get('event') ?? '',
    },
  };
}

export function formatHash({ selectedId, filter }: Place): string {
  const parameters = new URLSearchParams();
  if (selectedId !== undefined) parameters.set('delivery', String(selectedId));
  if (filter.text !== '') parameters.set('q', filter.text);
  if (filter.verdict !== 'all') parameters.set('verdict', filter.verdict);
  if (filter.event !== '') parameters.set('event', filter.event);
  return `#${parameters}`;
}
