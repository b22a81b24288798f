import { expect, test } from 'vitest';
import { makeBodies } from './bodies.ts';
import { createTwenty, type TwentyOptions } from './contenders/twenty.ts';
import { collectGarbage } from './measure.ts';

/** Bytes that a delivery leaves behind where only young garbage is collected. */
async function bytesLeftBehind(options: TwentyOptions): Promise<number> {
  const contender = createTwenty('ours', () => {}, options);
  const used = (): number => {
    // What survives the first is old after the second.
    collectGarbage({ type: 'minor' });
    collectGarbage({ type: 'minor' });
    return process.memoryUsage().heapUsed;
  };
  const deliver = async (deliveries: number): Promise<number> => {
    const run = contender.prepare(makeBodies('1.4 kB', deliveries));
    const before = used();
    await run();
    return (used() - before) / deliveries;
  };
  await deliver(500);
  return deliver(2_000);
}

// An event is several kilobytes. Who leaves it behind, in a closure or elsewhere, has it collected with the old garbage, and that
// takes many times as long.
test('a delivery leaves nothing but its claim behind', async () => {
  expect(await bytesLeftBehind({})).toBeLessThan(1_000);
  expect(await bytesLeftBehind({ idempotency: 'off' })).toBeLessThan(200);
});
