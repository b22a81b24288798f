import { useEffect, useRef, useState } from 'preact/hooks';
import { searchBodies } from './api.ts';

export interface BodySearch {
  /** `undefined` while nothing is searched for, or no answer is there yet. */
  readonly matches: ReadonlySet<number> | undefined;
  readonly isSearching: boolean;
}

/** Search bodies and headers on the server, a moment after the last letter. @param newestId asks again when it rises */
export function useBodySearch(text: string, newestId: number | undefined): BodySearch {
  const wanted = text.trim();
  const isWanted = wanted.length >= shortestText;
  const [found, setFound] = useState<{ readonly text: string; readonly ids: ReadonlySet<number> }>();
  const round = useRounds(isWanted, newestId);
  // A new round is a reason to search again.
  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      // The list itself is still searched if the server is away, which is said elsewhere.
      const ids = await searchBodies(wanted, controller.signal).catch(() => new Set<number>());
      if (!controller.signal.aborted) setFound({ text: wanted, ids });
    }, restMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [isWanted, wanted, round]);
  if (!isWanted) return { matches: undefined, isSearching: false };
  return { matches: found?.text === wanted ? found.ids : undefined, isSearching: found?.text !== wanted };
}

/** Count up when there are newer deliveries, at most once a second: they may come without a pause. */
function useRounds(isWanted: boolean, newestId: number | undefined): number {
  const [round, setRound] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Whenever it rises.
  useEffect(() => {
    if (!isWanted) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setRound((before) => before + 1);
    }, roundMs);
  }, [isWanted, newestId]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return round;
}

const restMs = 200;
const roundMs = 1_000;
const shortestText = 2;
