import { useEffect } from 'preact/hooks';
import type { DeliverySummary } from '../listen/inspector-api.ts';
import { fetchDeliveries, fetchInfo, streamUrl } from './api.ts';
import type { Dispatch } from './inspector-state.ts';

/**
 * Follow the server: load the list whenever the stream opens, so that nothing which came in between is missing, then add
 * what it says. After the server went away it is tried again until it is back. While nobody sees the page there is no
 * stream: six are all that a browser opens to one server.
 */
export function useStream(dispatch: Dispatch): void {
  useEffect(() => {
    let source: EventSource | undefined;
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
        const [info, { deliveries, total }] = await Promise.all([fetchInfo(), fetchDeliveries()]);
        if (mine !== opening) return;
        dispatch({ type: 'loaded', info, deliveries, total });
        isLoading = false;
        flush();
      } catch (error) {
        if (mine !== opening) return;
        dispatch({ type: 'told', text: (error as Error).message });
        retry = setTimeout(load, retryMs);
      }
    };
    const close = (): void => {
      source?.close();
      source = undefined;
      clearTimeout(retry);
      clearTimeout(timer);
      timer = undefined;
      opening += 1;
    };
    const open = (): void => {
      close();
      if (document.hidden) return;
      // Of another server, perhaps, and all of it comes with the list.
      waiting.length = 0;
      const opened = new EventSource(streamUrl);
      source = opened;
      opened.addEventListener('open', () => {
        dispatch({ type: 'connected' });
        void load();
      });
      opened.addEventListener('delivery', ({ data }) => {
        waiting.push(JSON.parse(data) as DeliverySummary);
        // A burst is drawn at once, not one by one.
        timer ??= setTimeout(flush, burstMs);
      });
      opened.addEventListener('cleared', () => {
        waiting.length = 0;
        dispatch({ type: 'cleared' });
        // What is being loaded may be from before.
        if (isLoading) void load();
      });
      opened.addEventListener('error', () => {
        dispatch({ type: 'lost' });
        // Browsers try again by themselves, except after an answer that is no stream.
        if (opened.readyState !== EventSource.CLOSED) return;
        clearTimeout(retry);
        retry = setTimeout(open, retryMs);
      });
    };
    open();
    document.addEventListener('visibilitychange', open);
    return () => {
      document.removeEventListener('visibilitychange', open);
      close();
    };
  }, [dispatch]);
}

const retryMs = 1_000;
const burstMs = 30;
