import { useEffect } from 'preact/hooks';
import type { DeliverySummary } from '../listen/inspector-api.ts';
import { fetchDeliveries, fetchInfo, streamUrl } from './api.ts';
import type { Dispatch } from './inspector-state.ts';

/**
 * Follow the server: load the list whenever the stream opens, so that nothing which came in between is missing, then add
 * what it says. After the server went away it is tried again until it is back.
 */
export function useStream(dispatch: Dispatch): void {
  useEffect(() => {
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const waiting: DeliverySummary[] = [];
    let isLoading = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Of this opening; an answer to an earlier one is too old.
    let opening = 0;

    const flush = (): void => {
      timer = undefined;
      if (!isLoading && waiting.length > 0) dispatch({ type: 'arrived', deliveries: waiting.splice(0) });
    };
    const load = async (): Promise<void> => {
      opening += 1;
      const mine = opening;
      isLoading = true;
      try {
        const [info, { deliveries }] = await Promise.all([fetchInfo(), fetchDeliveries()]);
        if (mine !== opening) return;
        dispatch({ type: 'loaded', info, deliveries });
        isLoading = false;
        flush();
      } catch (error) {
        if (mine !== opening) return;
        dispatch({ type: 'told', text: (error as Error).message });
        retry = setTimeout(load, retryMs);
      }
    };
    const open = (): void => {
      source = new EventSource(streamUrl);
      source.addEventListener('open', () => {
        dispatch({ type: 'connected' });
        void load();
      });
      source.addEventListener('delivery', ({ data }) => {
        waiting.push(JSON.parse(data) as DeliverySummary);
        // A burst is drawn at once, not one by one; a hidden page has timers, but no animation frames.
        timer ??= setTimeout(flush, burstMs);
      });
      source.addEventListener('cleared', () => {
        waiting.length = 0;
        dispatch({ type: 'cleared' });
        // What is being loaded may be from before.
        if (isLoading) void load();
      });
      source.addEventListener('error', () => {
        dispatch({ type: 'lost' });
        // Browsers try again by themselves, except after an answer that is no stream.
        if (source.readyState !== EventSource.CLOSED) return;
        source.close();
        retry = setTimeout(open, retryMs);
      });
    };
    open();
    return () => {
      source.close();
      clearTimeout(retry);
      opening += 1;
      clearTimeout(timer);
    };
  }, [dispatch]);
}

const retryMs = 1_000;
const burstMs = 30;
