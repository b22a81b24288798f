import { memoryStore } from '@twenty-webhooks/core';
import { describe, it } from 'vitest';
import { describeIdempotencyStore } from './store-suite/describe-idempotency-store.ts';

describeIdempotencyStore(
  'memoryStore',
  () => {
    let nowMs = 1_000;
    const advance = (ms: number): void => {
      nowMs += ms;
    };
    return { store: memoryStore({ maxEntries: 100, now: () => nowMs }), advance, maxEntries: 100 };
  },
  { describe, it },
);
