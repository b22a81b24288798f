import type { ClaimedJob } from '@twenty-webhooks/core';

type FreshEntry = Pick<ClaimedJob, 'body' | 'delivery' | 'parsed'>;

/** What this process has just stored, by the key of the job: most of it is claimed soon, and need not be read and parsed. */
export interface FreshEntries {
  add(key: string, entry: FreshEntry): void;
  /** Get it once. */
  take(key: string): FreshEntry | undefined;
  clear(): void;
}

export function createFreshEntries(): FreshEntries {
  const entries = new Map<string, FreshEntry>();
  let bytes = 0;
  const take = (key: string): FreshEntry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    bytes -= entry.body.length;
    return entry;
  };
  return {
    add(key, entry) {
      entries.set(key, entry);
      bytes += entry.body.length;
      // The oldest go first: another process has taken them, or will.
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes && entries.size <= maxEntries) break;
        take(oldest);
      }
    },
    take,
    clear() {
      entries.clear();
      bytes = 0;
    },
  };
}

const maxEntries = 500;
const maxBytes = 4 * 1024 * 1024;
