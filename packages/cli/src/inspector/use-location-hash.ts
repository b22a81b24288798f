import { useEffect } from 'preact/hooks';
import type { Dispatch, InspectorState } from './inspector-state.ts';
import { formatHash, parseHash } from './location-hash.ts';

/** Keep the page's address and what is shown the same, in both directions. */
export function useLocationHash({ selectedId, filter }: InspectorState, dispatch: Dispatch): void {
  useEffect(() => {
    const hash = formatHash({ selectedId, filter });
    // Every step in the list would be one of the browser's "back".
    if (hash !== (location.hash || '#')) history.replaceState(null, '', hash);
  }, [selectedId, filter]);
  useEffect(() => {
    const onHashChange = (): void => dispatch({ type: 'moved', ...parseHash(location.hash) });
    addEventListener('hashchange', onHashChange);
    return () => removeEventListener('hashchange', onHashChange);
  }, [dispatch]);
}
