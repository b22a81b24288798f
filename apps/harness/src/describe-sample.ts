import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryAttempt } from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sample, SampleOptions } from './sample.ts';

/** What every sample must stand, over the running process: the effect outside counts, not only the status. */
export function describeSample(name: string, start: (options: SampleOptions) => Promise<Sample>): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sample-'));
    let sample: Sample;
    beforeAll(async () => {
      sample = await start({ folder });
    }, 60_000);
    afterEach(() => sample.simulator.setFaults({}));
    afterAll(async () => {
      await sample?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Wait until everything outside is as Twenty says, and stays so: what runs again afterwards must change nothing. */
    const isInStep = async (seconds: number): Promise<void> => {
      const giveUpAtMs = performance.now() + seconds * 1_000;
      await sample.simulator.settled();
      const isGood = async () => (await sample.problems()).length === 0 && (await sample.isAtRest());
      while (!(await isGood()) && performance.now() < giveUpAtMs) await sleep(50);
      expect(await sample.isAtRest()).toBe(true);
      expect(await sample.problems(), sample.app.output.slice(-2_000)).toEqual([]);
    };
    /** Do something; gives the deliveries it led to. */
    const deliveriesOf = async (act: () => void | Promise<void>): Promise<readonly DeliveryAttempt[]> => {
      const before = sample.simulator.attempts.length;
      await act();
      await sample.simulator.settled();
      return sample.simulator.attempts.slice(before);
    };
    const statusesOf = (attempts: readonly DeliveryAttempt[]) => [...new Set(attempts.map(({ status }) => status))];

    it('valid: 200, and the thing is done', async () => {
      const before = await sample.effects();
      expect(statusesOf(await deliveriesOf(() => sample.trigger(1)))).toEqual([200]);
      await isInStep(20);
      expect(await sample.effects()).toBe(before + 1);
    });

    it('tampered: 401, and nothing is done', async () => {
      const [genuine] = await deliveriesOf(() => sample.trigger(1));
      await isInStep(20);
      const before = await sample.effects();
      const { headers, body } = genuine as DeliveryAttempt;
      // Another record, so that doing it would show.
      const forged = new TextDecoder().decode(body).replaceAll(/"id":"[0-9a-f]/g, '"id":"f');
      const response = await fetch(sample.app.url, { method: 'POST', headers, body: forged });
      expect([response.status, await response.json()]).toEqual([401, { error: 'SIGNATURE_MISMATCH' }]);
      await sleep(300);
      expect(await sample.effects()).toBe(before);
    });

    it('duplicate: 200 each time, and the thing is done once', async () => {
      const before = await sample.effects();
      sample.simulator.setFaults({ duplicate: 1, refanout: 1 });
      const attempts = await deliveriesOf(() => sample.trigger(3));
      expect(attempts.filter(({ cause }) => cause === 'duplicate').length).toBeGreaterThanOrEqual(3);
      expect(attempts.filter(({ cause }) => cause === 'refanout').length).toBeGreaterThanOrEqual(3);
      await isInStep(20);
      await sleep(300);
      expect(await sample.effects()).toBe(before + 3);
    });

    it('out of order: what is newest in Twenty counts', async () => {
      sample.simulator.setFaults({ shuffle: true });
      sample.simulator.hold();
      for (let round = 0; round < 10; round++) sample.triggerInTurn();
      expect(statusesOf(await deliveriesOf(() => sample.simulator.release()))).toEqual([200]);
      await isInStep(30);
    });

    it('a burst of 500: nobody waits for 5 seconds, and all is done', async () => {
      const before = await sample.effects();
      sample.simulator.hold();
      sample.trigger(500);
      const attempts = await deliveriesOf(() => sample.simulator.release());
      expect(attempts.length).toBeGreaterThanOrEqual(500);
      expect(statusesOf(attempts)).toEqual([200]);
      expect(Math.max(...attempts.map(({ durationMs }) => durationMs))).toBeLessThan(5_000);
      await isInStep(90);
      expect(await sample.effects()).toBe(before + 500);
    }, 120_000);

    it('the service outside is down for a while: 200 all the same, and all is done afterwards', async () => {
      const before = await sample.effects();
      const mend = await sample.breakOutside();
      expect(statusesOf(await deliveriesOf(() => sample.trigger(5)))).toEqual([200]);
      await sleep(1_500);
      expect(await sample.effects()).toBe(before);
      await mend();
      await isInStep(40);
      expect(await sample.effects()).toBe(before + 5);
    }, 60_000);

    it('SIGKILL in the middle: what was answered with 200 is done after the restart', async () => {
      const before = await sample.effects();
      sample.slowDown(50);
      expect(statusesOf(await deliveriesOf(() => sample.trigger(40)))).toEqual([200]);
      while ((await sample.effects()) === before) await sleep(10);
      await sample.app.kill();
      sample.slowDown(0);
      expect(await sample.problems(), 'left to do').not.toEqual([]);
      await sample.app.start();
      await isInStep(60);
      expect(await sample.effects()).toBe(before + 40);
    }, 90_000);

    it('SIGTERM: ends with 0', async () => {
      expect(await sample.app.stop()).toBe(0);
    });
  });
}
