import type { ClaimResult, IdempotencyStore } from '../idempotency.ts';
import { aFunction, checkOptions, type OptionCheck } from '../option-checks.ts';

export interface MemoryStoreOptions {
  /** How many finished keys are remembered, at about 200 bytes each; then the oldest are forgotten. @default 10 000 */
  readonly maxEntries?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/**
 * An idempotency store in the memory of this process: for one process, and until it ends.
 *
 * @throws OPTION_INVALID
 */
export function memoryStore(options: MemoryStoreOptions = {}): IdempotencyStore {
  const { maxEntries = 10_000, now = Date.now } = options;
  checkOptions(options, checks, ' of memoryStore');
  const running = new Map<string, { token: string; untilMs: number }>();
  const done = new Map<string, Done>();
  // In the order of completion. A queue of its own, since finding the first of a map gets slow where many were deleted.
  let queue: Done[] = [];
  let first = 0;
  let tokens = 0;

  const holds = (key: string, token: string): boolean => running.get(key)?.token === token;

  const forget = (nowMs: number): void => {
    // Only a run that never ends and whose lease nobody extends leaves something here.
    if (running.size > maxEntries) {
      for (const [key, { untilMs }] of running) if (untilMs <= nowMs) running.delete(key);
    }
    for (let oldest = queue[first]; oldest !== undefined; oldest = queue[++first]) {
      if (done.size <= maxEntries && oldest.untilMs > nowMs) break;
      // Unless it was done again since, and stands further behind as well.
      if (done.get(oldest.key) === oldest) done.delete(oldest.key);
    }
    if (first > 1_000 && first * 2 > queue.length) {
      queue = queue.slice(first);
      first = 0;
    }
  };

  return {
    async claim(key, leaseMs): Promise<ClaimResult> {
      const nowMs = now();
      if ((done.get(key)?.untilMs ?? 0) > nowMs) return { state: 'done' };
      if ((running.get(key)?.untilMs ?? 0) > nowMs) return { state: 'busy' };
      const token = String(++tokens);
      running.set(key, { token, untilMs: nowMs + leaseMs });
      forget(nowMs);
      return { state: 'claimed', token };
    },
    async extend(key, token, leaseMs) {
      if (!holds(key, token)) return false;
      running.set(key, { token, untilMs: now() + leaseMs });
      return true;
    },
    async complete(key, token, ttlMs) {
      if (!holds(key, token)) return false;
      running.delete(key);
      const entry = { key, untilMs: now() + ttlMs };
      done.set(key, entry);
      queue.push(entry);
      return true;
    },
    async release(key, token) {
      return holds(key, token) && running.delete(key);
    },
  };
}

interface Done {
  readonly key: string;
  readonly untilMs: number;
}

const checks: { readonly [Name in keyof MemoryStoreOptions]-?: OptionCheck } = {
  maxEntries: [(value) => Number.isSafeInteger(value) && (value as number) >= 0, 'a whole number'],
  now: aFunction,
};
