import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { becomes, becomesEqual, eventually, within } from './waiting.ts';

/** Stand still, as a process does that gets no CPU. */
function standStill(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

test('time in which the process stood still is not up', async () => {
  let isSo = false;
  // What is to happen needs some turns of the event loop after that.
  setImmediate(async () => {
    standStill(500);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    isSo = true;
  });
  const promise = eventually('it', () => isSo, 20_000);
  await Promise.all([
    within(400, 'it', promise),
    eventually('it', () => isSo, 400),
    becomesEqual(() => isSo, true, 'it', 400),
    expect(becomes(() => isSo, 400)).resolves.toBe(true),
  ]);
});

test('time that is up is up', async () => {
  await expect(within(20, 'this', sleep(10_000, undefined, { ref: false }))).rejects.toThrow('this: not within 20 ms');
  await expect(eventually('that', () => false, 20)).rejects.toThrow('that: not within 20 ms');
  await expect(becomesEqual(() => 1, 2, 'a number', 20)).rejects.toThrow('a number: ');
  expect(await becomes(() => false, 20)).toBe(false);
});
