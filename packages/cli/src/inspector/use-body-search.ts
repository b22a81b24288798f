import { useEffect, useState } from 'preact/hooks';
import { searchBodies } from './api.ts';

export interface BodySearch {
  /** `undefined` while nothing is searched for, or no answer is there yet. */
  readonly matches: ReadonlySet<number> | undefined;
  readonly isSearching: boolean;
}

interface Found {
  readonly text: string;
  readonly ids: ReadonlySet<number>;
  /** The newest delivery when the search began. */
  readonly newestId: number | undefined;
  /** How many searches for this text ended, this one too. */
  readonly rounds: number;
  readonly durationMs: number;
}

/**
 * Search bodies and headers on the server, a moment after the last letter. Deliveries that come meanwhile do not disturb a
 * search: they get one of their own after it, and after a pause, since they may come without end.
 */
export function useBodySearch(text: string, newestId: number | undefined): BodySearch {
  const wanted = text.trim();
  const isWanted = wanted.length >= shortestText;
  const [last, setLast] = useState<Found>();
  const found = last?.text === wanted ? last : undefined;
  const isDue = isWanted && (found === undefined || found.newestId !== newestId);
  // What is newest when the search begins does not start it again.
  useEffect(() => {
    if (!isDue) return;
    const controller = new AbortController();
    const pauseMs = found === undefined ? restMs : Math.max(roundMs, 2 * found.durationMs);
    const timer = setTimeout(async () => {
      const startedMs = performance.now();
      // The list itself is still searched if the server is away, which is said elsewhere.
      const ids = await searchBodies(wanted, controller.signal).catch(() => new Set<number>());
      if (controller.signal.aborted) return;
      const durationMs = performance.now() - startedMs;
      setLast({ text: wanted, ids, newestId, rounds: (found?.rounds ?? 0) + 1, durationMs });
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted, isDue, found?.rounds]);
  return { matches: isWanted ? found?.ids : undefined, isSearching: isWanted && found === undefined };
}

const restMs = 200;
const roundMs = 1_000;
const shortestText = 2;
