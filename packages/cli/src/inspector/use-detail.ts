import { useEffect, useState } from 'preact/hooks';
import type { DeliveryDetail, DeliverySummary } from '../listen/inspector-api.ts';
import { fetchDelivery } from './api.ts';

export interface LoadedDetail {
  /** The last one that came: while the next is on its way, the one before it. */
  readonly detail: DeliveryDetail | undefined;
  readonly error: string | undefined;
}

/** Load the delivery that is selected. @param summary what the list knows of it by now: a forward may have ended since */
export function useDetail(id: number | undefined, summary: DeliverySummary | undefined): LoadedDetail {
  const [loaded, setLoaded] = useState<LoadedDetail>(nothing);
  useEffect(() => {
    if (id === undefined) {
      setLoaded(nothing);
      return;
    }
    const controller = new AbortController();
    // A key that is held down passes by many.
    const timer = setTimeout(async () => {
      try {
        const detail = await fetchDelivery(id, controller.signal);
        setLoaded({ detail, error: undefined });
      } catch (error) {
        if (!controller.signal.aborted) setLoaded({ detail: undefined, error: (error as Error).message });
      }
    }, restMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id]);
  const { detail, error } = loaded;
  if (detail === undefined || summary === undefined || summary.id !== detail.id) return { detail, error };
  return { detail: { ...detail, ...summary }, error };
}

const nothing: LoadedDetail = { detail: undefined, error: undefined };
const restMs = 40;
