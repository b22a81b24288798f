import type { IdempotencyStore } from '../idempotency.ts';
import { aFunction, checkOptions, type OptionCheck } from '../option-checks.ts';
import { createMemoryClaims } from './memory-claims.ts';

/** How much a `memoryStore` remembers, and for how long. */
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
  checkOptions(options, checks, ' of memoryStore');
  const claims = createMemoryClaims(options.maxEntries, options.now);
  return {
    claim: async (...claim) => claims.claim(...claim),
    extend: async (...claim) => claims.extend(...claim),
    complete: async (...claim) => claims.complete(...claim),
    release: async (...claim) => claims.release(...claim),
  };
}

const checks: { readonly [Name in keyof MemoryStoreOptions]-?: OptionCheck } = {
  maxEntries: [(value) => Number.isSafeInteger(value) && (value as number) >= 0, 'a whole number'],
  now: aFunction,
};
