import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryAttempt } from '@twenty-webhooks/testing';
import { expect } from 'vitest';
import type { Sample } from './sample.ts';

/** One thing that every sample must stand: the effect outside counts, not only the status. */
export interface SampleCase {
  readonly name: string;
  /** How long the app may take for it. */
  readonly seconds: number;
  /** Rejects if it does not stand it. @param patience how much of `seconds` it really has */
  run(sample: Sample, patience?: number): Promise<void>;
}

/** In this order, on one running app. */
export const sampleCases: readonly SampleCase[] = [
  {
    name: 'valid: 200, and the thing is done',
    seconds: 20,
    async run(sample, patience = 1) {
      const before = await sample.effects();
      expect(statusesOf(await deliveriesOf(sample, () => sample.trigger(1)))).toEqual([200]);
      await becomesInStep(sample, 20 * patience);
      expect(await sample.effects()).toBe(before + 1);
    },
  },
  {
    name: 'tampered: 401, and nothing is done',
    seconds: 20,
    async run(sample, patience = 1) {
      const [genuine] = await deliveriesOf(sample, () => sample.trigger(1));
      await becomesInStep(sample, 20 * patience);
      const before = await sample.effects();
      const { headers, body } = genuine as DeliveryAttempt;
      // Another record, so that doing it would show.
      const forged = new TextDecoder().decode(body).replaceAll(/"id":"[0-9a-f]/g, '"id":"f');
      const response = await fetch(sample.app.url, { method: 'POST', headers, body: forged });
      expect([response.status, await response.json()]).toEqual([401, { error: 'SIGNATURE_MISMATCH' }]);
      await sleep(300);
      expect(await sample.effects()).toBe(before);
    },
  },
  {
    name: 'duplicate: 200, or 409 while the first one is handled, and the thing is done once',
    seconds: 20,
    async run(sample, patience = 1) {
      const before = await sample.effects();
      sample.simulator.setFaults({ duplicate: 1, refanout: 1 });
      const attempts = await deliveriesOf(sample, () => sample.trigger(3));
      // What runs inside the request is busy meanwhile: a 200 would be a lie if that run failed.
      expect([200, 409]).toEqual(expect.arrayContaining([...statusesOf(attempts)]));
      expect(attempts.filter(({ cause }) => cause === 'duplicate').length).toBeGreaterThanOrEqual(3);
      expect(attempts.filter(({ cause }) => cause === 'refanout').length).toBeGreaterThanOrEqual(3);
      await becomesInStep(sample, 20 * patience);
      await sleep(300);
      expect(await sample.effects()).toBe(before + 3);
    },
  },
  {
    name: 'out of order: what is newest in Twenty counts',
    seconds: 30,
    async run(sample, patience = 1) {
      sample.simulator.setFaults({ shuffle: true });
      sample.simulator.hold();
      for (let round = 0; round < 10; round++) sample.triggerInTurn();
      expect(statusesOf(await deliveriesOf(sample, () => sample.simulator.release()))).toEqual([200]);
      await becomesInStep(sample, 30 * patience);
    },
  },
  {
    name: 'a burst of 500: nobody waits for 5 seconds, and all is done',
    seconds: 90,
    async run(sample, patience = 1) {
      const before = await sample.effects();
      sample.simulator.hold();
      sample.trigger(500);
      const attempts = await deliveriesOf(sample, () => sample.simulator.release());
      expect(attempts.length).toBeGreaterThanOrEqual(500);
      expect(statusesOf(attempts)).toEqual([200]);
      expect(Math.max(...attempts.map(({ durationMs }) => durationMs))).toBeLessThan(5_000);
      await becomesInStep(sample, 90 * patience);
      expect(await sample.effects()).toBe(before + 500);
    },
  },
  {
    name: 'the service outside is down for a while: 200 all the same, and all is done afterwards',
    seconds: 40,
    async run(sample, patience = 1) {
      const before = await sample.effects();
      const mend = await sample.breakOutside();
      try {
        expect(statusesOf(await deliveriesOf(sample, () => sample.trigger(5)))).toEqual([200]);
        await sleep(1_500);
        expect(await sample.effects()).toBe(before);
      } finally {
        await mend();
      }
      await becomesInStep(sample, 40 * patience);
      expect(await sample.effects()).toBe(before + 5);
    },
  },
  {
    name: 'SIGKILL in the middle: what was answered with 200 is done after the restart',
    seconds: 60,
    async run(sample, patience = 1) {
      const before = await sample.effects();
      sample.slowDown(50);
      expect(statusesOf(await deliveriesOf(sample, () => sample.trigger(20)))).toEqual([200]);
      const giveUpAtMs = performance.now() + 20_000 * patience;
      while ((await sample.effects()) === before && performance.now() < giveUpAtMs) await sleep(10);
      // From now on no call ends, so that there is work left, however late the kill comes.
      sample.slowDown(foreverMs);
      expect(statusesOf(await deliveriesOf(sample, () => sample.trigger(20)))).toEqual([200]);
      await sample.app.kill();
      sample.slowDown(0);
      expect(await sample.problems(), 'left to do').not.toEqual([]);
      await sample.app.start();
      await becomesInStep(sample, 60 * patience);
      expect(await sample.effects()).toBe(before + 40);
    },
  },
  {
    name: 'SIGTERM: ends with 0',
    seconds: 20,
    async run(sample) {
      expect(await sample.app.stop()).toBe(0);
    },
  },
];

const foreverMs = 3_600_000;

/** Wait until everything outside is as Twenty says and the app has nothing left to do, so that it stays so. */
async function becomesInStep(sample: Sample, seconds: number): Promise<void> {
  const giveUpAtMs = performance.now() + seconds * 1_000;
  await sample.simulator.settled();
  const isGood = async () => (await sample.problems()).length === 0 && (await sample.isAtRest());
  while (!(await isGood()) && performance.now() < giveUpAtMs) await sleep(50);
  expect(await sample.isAtRest()).toBe(true);
  expect(await sample.problems(), sample.app.output.slice(-2_000)).toEqual([]);
}

/** Do something; gives the deliveries it led to. */
async function deliveriesOf({ simulator }: Sample, act: () => void): Promise<readonly DeliveryAttempt[]> {
  const before = simulator.attempts.length;
  act();
  await simulator.settled();
  return simulator.attempts.slice(before);
}

const statusesOf = (attempts: readonly DeliveryAttempt[]): readonly unknown[] => [
  ...new Set(attempts.map(({ status }) => status)),
];
