import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { Sample, SampleOptions } from './sample.ts';
import { sampleCases } from './sample-cases.ts';

/** Describe what every sample must stand, over the running process. */
export function describeSample(name: string, start: (options: SampleOptions) => Promise<Sample>): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sample-'));
    let sample: Sample;
    beforeAll(async () => {
      sample = await start({ folder });
    }, 120_000);
    afterEach(() => sample.simulator.setFaults({}));
    afterAll(async () => {
      await sample?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    for (const { name, seconds, run } of sampleCases) it(name, () => run(sample), (seconds + 30) * 1_000);
  });
}
