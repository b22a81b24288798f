import type { ClaimedJob } from '@twenty-webhooks/core';

type FreshEntry = Pick<ClaimedJob, 'body' | 'delivery' | 'parsed'>;

/** What this process has just stored, by the key of the job: most of it is claimed soon, and need not be read and parsed. */
export interface FreshEntries {
  add(key: string, entry: FreshEntry): void;
  /** Get it once, and not after half a minute: the key may stand for another job by then, long after this one was deleted. */
  take(key: string): FreshEntry | undefined;
  clear(): void;
}

/** @param now milliseconds that only grow */
export function createFreshEntries(now: () => number = () => performance.now()): FreshEntries {
  const entries = new Map<string, { readonly entry: FreshEntry; readonly untilMs: number }>();
  let bytes = 0;
  const remove = (key: string): { readonly entry: FreshEntry; readonly untilMs: number } | undefined => {
    const found = entries.get(key);
    if (found === undefined) return undefined;
    entries.delete(key);
    bytes -= found.entry.body.length;
    return found;
  };
  return {
    add(key, entry) {
      const nowMs = now();
      remove(key);
      entries.set(key, { entry, untilMs: nowMs + freshMs });
      bytes += entry.body.length;
      // The oldest go first: another process has taken them, or will.
      for (const [oldest, { untilMs }] of entries) {
        if (bytes <= maxBytes && entries.size <= maxEntries && untilMs > nowMs) break;
        remove(oldest);
      }
    },
    take(key) {
      const found = remove(key);
      return found !== undefined && found.untilMs > now() ? found.entry : undefined;
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
  };
}

const maxEntries = 500;
const maxBytes = 4 * 1024 * 1024;
const freshMs = 30_000;
