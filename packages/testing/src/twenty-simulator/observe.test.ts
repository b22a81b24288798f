import { expect, onTestFinished, test } from 'vitest';
import { createManualClock } from './simulator-clock.ts';
import { simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

/** Collect what nobody catches, instead of the runner. */
function collectUncaught(): string[] {
  const messages: string[] = [];
  const collect = (error: unknown) => void messages.push(String(error));
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = events.map((event) => process.listeners(event as 'uncaughtException'));
  for (const event of events) process.removeAllListeners(event).on(event, collect);
  onTestFinished(() => {
    for (const [index, event] of events.entries()) {
      process.removeListener(event, collect);
      for (const listener of listeners[index] ?? []) process.on(event as 'uncaughtException', listener);
    }
  });
  return messages;
}

test('an observer that throws is loud, but neither retries nor settled nor a change suffer', async () => {
  const uncaught = collectUncaught();
  const clock = createManualClock();
  const observe = () => {
    throw new Error('observed');
  };
  const { twenty, target } = await simulation({ observe, delivery: 'documented', clock });
  target.answerWith((_, index) => (index === 0 ? 500 : 200));
  twenty.workspace.create('person');
  await twenty.settled();
  await clock.advance(60_000);
  await twenty.settled();
  twenty.setFaults({ drop: 1 });
  twenty.workspace.create('person');
  await expect.poll(() => uncaught).toEqual(Array(3).fill('Error: observed'));
  expect(twenty.attempts.map(({ outcome, status }) => status ?? outcome)).toEqual([500, 200, 'dropped']);
  expect(twenty.workspace.list('person')).toHaveLength(2);
});

test('attemptsKept: the last ones, while all are observed', async () => {
  const seen: string[] = [];
  const { twenty } = await simulation({ attemptsKept: 2, observe: ({ event }) => void seen.push(event) });
  for (const object of ['person', 'company', 'note']) {
    twenty.workspace.create(object);
    await twenty.settled();
  }
  expect(twenty.attempts.map(({ event }) => event)).toEqual(['company.created', 'note.created']);
  expect(seen).toHaveLength(3);
});
