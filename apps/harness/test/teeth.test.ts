import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Sample } from '../src/sample.ts';
import { sampleCases } from '../src/sample-cases.ts';
import { type Flaw, startWrongSample } from './testdata/wrong-samples.ts';

// Hundreds of deliveries take seconds, on a busy machine many of them.
vi.setConfig({ testTimeout: 90_000 });

async function start(flaw?: Flaw): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), 'wrong-sample-'));
  const sample = await startWrongSample({ folder }, flaw);
  onTestFinished(async () => {
    await sample.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return sample;
}

describe('the suite of the samples', () => {
  it('passes one that is right', async () => {
    const sample = await start();
    for (const { run } of sampleCases) {
      await run(sample);
      sample.simulator.setFaults({});
    }
  }, 180_000);

  it.each<[Flaw, string]>([
    ['does nothing', 'valid'],
    ['believes everybody', 'tampered'],
    ['does it for every delivery', 'duplicate'],
    ['does it again later', 'duplicate'],
    ['takes what comes last for the newest', 'out of order'],
    ['does nothing', 'a burst of 500'],
    ['handles inside the request', 'the service outside is down'],
    ['forgets when it is killed', 'SIGKILL'],
    ['ends with an error', 'SIGTERM'],
  ])('fails one that %s: %s', async (flaw, beginning) => {
    const sample = await start(flaw);
    const one = sampleCases.find(({ name }) => name.startsWith(beginning));
    // It is not waited long for what never comes.
    await expect(one?.run(sample, 0.02)).rejects.toMatchObject({ name: 'AssertionError' });
  });
});
