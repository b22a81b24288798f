import { expect, test } from 'vitest';
import { measureSlowHandlers } from './slow-handlers.ts';

// The bar is measured by `pnpm bench`; here it is only that no answer waits for a handler of 2 s.

test('no answer waits for a handler', { timeout: 120_000 }, async () => {
  const { answerMs, handled } = await measureSlowHandlers({ deliveries: 2_000 });
  // A process that gets no CPU for two seconds holds up those 64 that are on their way, not one in ten.
  expect(answerMs.p90).toBeLessThan(1_900);
  expect(answerMs.p50).toBeLessThan(1_000);
  expect(handled).toBeLessThan(2_000);
});

test('answers that wait for handlers are found out', { timeout: 120_000 }, async () => {
  const { answerMs, handled } = await measureSlowHandlers({ deliveries: 64, inline: true });
  expect(answerMs.p50).toBeGreaterThan(1_900);
  expect(handled).toBe(128);
});
