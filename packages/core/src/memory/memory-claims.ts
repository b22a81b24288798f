import type { ClaimResult, Claims } from '../idempotency.ts';

/** The claims of one process, until it ends: what `memoryStore` promises, without promises. */
export function createMemoryClaims(maxEntries = 10_000, now: () => number = Date.now): Claims {
  const entries = new Map<string, Entry>();
  // The finished ones in the order of completion. A queue of its own, since finding the first of a map gets slow where many
  // were deleted.
  let finished: Entry[] = [];
  let first = 0;
  let tokens = 0;

  const held = (key: string, token: string): Entry | undefined => {
    const entry = entries.get(key);
    return entry?.token === token && !entry.isDone ? entry : undefined;
  };

  const forget = (nowMs: number): void => {
    for (let oldest = finished[first]; oldest !== undefined; oldest = finished[++first]) {
      if (finished.length - first <= maxEntries && oldest.untilMs > nowMs) break;
      // Unless the key was claimed again since.
      if (entries.get(oldest.key) === oldest) entries.delete(oldest.key);
    }
    if (first > 1_000 && first * 2 > finished.length) {
      finished = finished.slice(first);
      first = 0;
    }
    // Only a run that never ends and whose lease nobody extends leaves something here.
    if (entries.size > 2 * maxEntries) {
      for (const { key, untilMs } of entries.values()) if (untilMs <= nowMs) entries.delete(key);
    }
  };

  return {
    claim(key, leaseMs): ClaimResult {
      const nowMs = now();
      const entry = entries.get(key);
      if (entry !== undefined && entry.untilMs > nowMs) return { state: entry.isDone ? 'done' : 'busy' };
      const token = String(++tokens);
      entries.set(key, { key, token, untilMs: nowMs + leaseMs, isDone: false });
      forget(nowMs);
      return { state: 'claimed', token };
    },
    extend(key, token, leaseMs) {
      const entry = held(key, token);
      if (entry !== undefined) entry.untilMs = now() + leaseMs;
      return entry !== undefined;
    },
    complete(key, token, ttlMs) {
      const entry = held(key, token);
      if (entry === undefined) return false;
      entry.isDone = true;
      entry.untilMs = now() + ttlMs;
      finished.push(entry);
      return true;
    },
    release(key, token) {
      return held(key, token) !== undefined && entries.delete(key);
    },
  };
}

/** A claim, or with `isDone` what came of it. */
interface Entry {
  readonly key: string;
  readonly token: string;
  untilMs: number;
  isDone: boolean;
}
