import { expect, test } from 'vitest';
import { measureSlowHandlers } from './slow-handlers.ts';

// The bar is measured by `pnpm bench`; here it is only that no answer waits for a handler of 2 s.

test('no answer waits for a handler', { timeout: 40_000 }, async () => {
  const { answerMs, handled } = await measureSlowHandlers({ deliveries: 2_000 });
  expect(answerMs.max).toBeLessThan(1_900);
  expect(answerMs.p50).toBeLessThan(500);
  expect(handled).toBeLessThan(2_000);
});

test('answers that wait for handlers are found out', { timeout: 40_000 }, async () => {
  const { answerMs, handled } = await measureSlowHandlers({ deliveries: 64, inline: true });
  expect(answerMs.p50).toBeGreaterThan(1_900);
  expect(handled).toBe(128);
});
