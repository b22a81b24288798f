import { useEffect, useState } from 'preact/hooks';
import type { DeliveryDetail, DeliverySummary } from '../listen/inspector-api.ts';
import { fetchDelivery } from './api.ts';

export interface LoadedDetail {
  /** The last one that came: while the next is on its way, the one before it. */
  readonly detail: DeliveryDetail | undefined;
  readonly error: string | undefined;
}

/**
 * Load the delivery that is selected, again when its forward ended and when the list was loaded anew.
 *
 * @param summary what the list knows of it by now
 * @param loads how often the list was loaded
 */
export function useDetail(id: number | undefined, summary: DeliverySummary | undefined, loads: number): LoadedDetail {
  const [loaded, setLoaded] = useState<LoadedDetail>(nothing);
  // Each of the others is a reason to load again, too.
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
  }, [id, loads, summary?.isForwarding]);
  const { detail } = loaded;
  // Another `listen` with another folder took over, and counts from 1 as well.
  const isOther = summary !== undefined && summary.id === detail?.id && summary.receivedAtMs !== detail.receivedAtMs;
  return isOther ? nothing : loaded;
}

const nothing: LoadedDetail = { detail: undefined, error: undefined };
const restMs = 40;
