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
  /** Of all that the server keeps. */
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
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`/_inspector/${path}`, init);
    text = await answer.text();
  } catch (error) {
    throw init?.signal?.aborted === true ? error : new Error(await explainSilence());
  }
  if (answer.ok) return JSON.parse(text) as T;
  throw new Error(messageOf(text) ?? `listen answered ${answer.status}: its terminal says why`);
}

/** Tell a server that is not there from one that broke off this one answer. */
async function explainSilence(): Promise<string> {
  const { ok } = await fetch('/_inspector/info').catch(() => ({ ok: false }));
  return ok ? '`listen` broke off its answer: its terminal says why' : '`listen` does not answer: is it still running?';
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as Partial<InspectorError>).error?.message;
  } catch {
    return undefined;
  }
}
