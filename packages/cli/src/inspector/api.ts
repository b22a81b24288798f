import type {
  DeliveryDetail,
  DeliverySummary,
  InspectorError,
  InspectorInfo,
  ReplayRequest,
  ReplayResult,
} from '../listen/inspector-api.ts';

// What the page asks of its server. All of it rejects with an Error whose message is for people.

export const fetchInfo = (): Promise<InspectorInfo> => ask('info');

export interface DeliveryPage {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

export const fetchDeliveries = (): Promise<DeliveryPage> => ask('deliveries?limit=10000');

export const fetchDelivery = (id: number, signal: AbortSignal): Promise<DeliveryDetail> =>
  ask(`deliveries/${id}`, { signal });

/** Ask which deliveries hold a text in their body or headers. */
export async function searchBodies(text: string, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const { ids } = await ask<{ readonly ids: readonly number[] }>(`search?text=${encodeURIComponent(text)}`, { signal });
  return new Set(ids);
}

export const replayDelivery = (id: number, request: ReplayRequest): Promise<ReplayResult> =>
  ask(`deliveries/${id}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });

export const clearDeliveries = (): Promise<unknown> => ask('deliveries', { method: 'DELETE' });

export const streamUrl = '/_inspector/stream';

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(`/_inspector/${path}`, init).catch((error: Error) => {
    throw error.name === 'AbortError' ? error : new Error('`listen` does not answer: is it still running?');
  });
  if (answer.ok) return (await answer.json()) as T;
  const failure = (await answer.json().catch(() => undefined)) as Partial<InspectorError> | undefined;
  throw new Error(failure?.error?.message ?? `listen answered ${answer.status}`);
}
