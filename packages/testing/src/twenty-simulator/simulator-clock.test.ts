import { expect, onTestFinished, test } from 'vitest';
import { createManualClock } from './simulator-clock.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test('in one advance over two days, a receiver that is healthy again gets its retry and stays enabled', async () => {
  const clock = createManualClock();
  const { twenty, target } = await simulation({ delivery: 'documented', clock });
  target.answerWith(async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return index === 0 ? 500 : 200;
  });
  twenty.workspace.create('person');
  await clock.advance(48 * hourMs);
  expect(twenty.attempts.map(({ cause, status }) => [cause, status])).toEqual([
    ['change', 500],
    ['retry', 200],
  ]);
  expect((await ask(twenty, 'GET', 'webhooks')).json[0].isActive).toBe(true);
});

test('a process that stands still for longer than the clock waits does not take an answer for a late one', async () => {
  const clock = createManualClock();
  const { twenty, target } = await simulation({ delivery: 'documented', clock });
  target.answerWith(() => {
    const endMs = performance.now() + 1_100;
    while (performance.now() < endMs);
    return 200;
  });
  twenty.workspace.create('person');
  await clock.advance(hourMs);
  expect(twenty.attempts.map(({ outcome }) => outcome)).toEqual(['answered']);
});

test('in one advance, every retry is made at its own time', async () => {
  const startMs = Date.UTC(2026, 0, 1);
  const clock = createManualClock(startMs);
  const { twenty, target } = await simulation({ delivery: 'documented', clock });
  target.answerWith(() => 500);
  twenty.workspace.create('person');
  await clock.advance(48 * hourMs);
  expect(twenty.attempts.map(({ startedAtMs }) => (startedAtMs - startMs) / minuteMs)).toEqual([
    0, 1, 6, 36, 156, 876, 2_316,
  ]);
  expect(clock.now()).toBe(startMs + 48 * hourMs);
});

test('a burst that waits for its turn is sent before the clock goes on', async () => {
  const clock = createManualClock();
  const { twenty, target } = await simulation({ clock });
  for (let made = 0; made < 50; made += 1) twenty.workspace.create('note');
  await clock.advance(hourMs);
  expect(target.arrivals).toHaveLength(50);
  expect(twenty.attempts.every(({ outcome }) => outcome === 'answered')).toBe(true);
});
