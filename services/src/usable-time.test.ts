import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measureUsableMs } from './usable-time.ts';

test('what a process waits counts, what it stands still does not', async () => {
  const stop = measureUsableMs();
  await sleep(200);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  await sleep(200);
  expect(stop()).toBeLessThan(600);
});

test('it counts all of it that can be used', async () => {
  const stop = measureUsableMs();
  for (let step = 0; step < 100; step++) await sleep(10);
  expect(stop()).toBeGreaterThan(800);
});
