import { expect, onTestFinished, test } from 'vitest';
import type { TwentySimulatorOptions } from './simulator-options.ts';
import { startTwentySimulator } from './start-twenty-simulator.ts';
import { simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

test.each([
  [{ target: '/webhooks/twenty' }, RangeError, /is no target/],
  [{ target: 'http://[' }, RangeError, /is no target/],
  [{ delivery: 'documentd' }, RangeError, /delivery is one of server, documented/],
  [{ format: 'xml' }, RangeError, /format is one of/],
  [{ operations: 'person.*' }, TypeError, /operations is a list/],
  [{ operations: [1] }, TypeError, /operations is a list/],
  [{ secret: 5 }, TypeError, /secret is a text/],
  [{ port: -1 }, RangeError, /port is a whole number/],
  [{ port: 65_536 }, RangeError, /port is a whole number/],
  [{ apiKey: '' }, RangeError, /apiKey/],
  [{ apiKey: 'schlüssel' }, RangeError, /apiKey/],
  [{ requestsPerMinute: 0 }, RangeError, /requestsPerMinute is at least 1/],
  [{ requestsPerMinute: Number.NaN }, RangeError, /requestsPerMinute/],
  [{ attemptsKept: -1 }, RangeError, /attemptsKept/],
  [{ faults: { drop: 20 } }, RangeError, /drop is a share from 0 to 1/],
  [{ faults: { redirect: 303 } }, RangeError, /redirect is one of 301, 302, 307, 308/],
  [{ faults: { staleSecret: -1 } }, RangeError, /staleSecret is a whole number/],
  [{ faults: { staleSecret: 0.5 } }, RangeError, /staleSecret is a whole number/],
  [{ faults: { shuffle: 'yes' } }, TypeError, /shuffle/],
  [{ faults: { duplcate: 1 } }, TypeError, /no fault "duplcate"/],
])('%j is refused before the simulator listens', async (options, kind, message) => {
  const starting = startTwentySimulator(options as TwentySimulatorOptions);
  // If it starts all the same.
  onTestFinished(async () => (await starting.catch(() => undefined))?.close());
  await expect(starting).rejects.toThrow(message);
  await expect(starting).rejects.toBeInstanceOf(kind);
});

test('faults are checked when they are set, too, and the old ones stay', async () => {
  const { twenty, target } = await simulation();
  expect(() => twenty.setFaults({ drop: 1, dup: 1 } as object)).toThrow(/no fault "dup"/);
  expect(() => twenty.setFaults({ drop: 2 })).toThrow(/share/);
  expect(() => twenty.setTarget('nowhere')).toThrow(/is no target/);
  twenty.workspace.create('note');
  await twenty.settled();
  expect(target.arrivals).toHaveLength(1);
});
