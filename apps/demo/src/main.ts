// Delivers signed webhooks of both formats to the Express sample, kills it and starts it again, shows what became of all, and
// ends with 0 only if every answer and everything that the handlers did is what it should be. With --keep the sample stays up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { goldenVectors } from '@twenty-webhooks/testing';
import { crash } from './crash.ts';
import { curlLine } from './curl-line.ts';
import { deliver, type Result } from './deliver.ts';
import { planSamples } from './plan-samples.ts';
import { planVectors } from './plan-vectors.ts';
import { type Sample, startSample } from './start-sample.ts';
import { printResults, printTable } from './table.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const folder = mkdtempSync(join(tmpdir(), 'twenty-webhooks-demo-'));
const samples: Sample[] = [];
let isKept = false;
process.once('SIGINT', () => void cleanUp());

try {
  const vectors = goldenVectors();
  const secret = `demo-${crypto.randomUUID()}`;
  const rotation = vectors.find(({ secrets }) => secrets.length > 1)?.secrets ?? [];
  const start = async (name: string, secrets: readonly string[], nowMs?: number): Promise<Sample> => {
    const sample = await startSample({ secrets, inboxFile: join(folder, `${name}.sqlite`), nowMs });
    samples.push(sample);
    return sample;
  };
  // A golden vector is fresh by the clock of its own day only.
  const [sampleAtVectors, sampleInRotation, sampleNow] = await Promise.all([
    start('vectors', vectors[0]?.secrets ?? [], vectors[0]?.nowMs),
    start('rotation', rotation, vectors[0]?.nowMs),
    start('samples', [secret]),
  ]);

  const results: Result[] = [];
  for (const plan of planVectors(vectors)) {
    results.push(await deliver(plan, plan.secrets.length > 1 ? sampleInRotation : sampleAtVectors));
  }
  for (const plan of planSamples(secret)) results.push(await deliver(plan, sampleNow));
  printResults(results);

  const { lines, problems } = await crash(join(folder, 'crash.sqlite'));
  console.log('\nA crash: the sample is killed right after it said 200, and started again on the same inbox.\n');
  printTable(lines.map((line) => [' ', ...line]));

  const wrong = results.filter(({ problem }) => problem !== undefined);
  const effects = results.reduce((sum, { effects }) => sum + effects.length, 0);
  const wrongCount = wrong.length + problems.length;
  console.log(`\n${results.length} deliveries, ${effects} things done by handlers, ${wrongCount} not as expected.`);
  for (const { name, problem } of wrong) console.log(`  ${name}: ${problem}`);
  for (const problem of problems) console.log(`  crash: ${problem}`);
  process.exitCode = wrongCount > 0 ? 1 : 0;

  if (values.keep) {
    isKept = true;
    console.log(
      `\nThe sample stays up at ${sampleNow.url}; its journal is at ${sampleNow.journalUrl}. Ctrl-C ends it.`,
    );
    console.log(`Try:\n\n${curlLine(sampleNow.url, secret)}\n`);
  }
} finally {
  if (!isKept) await cleanUp();
}

async function cleanUp(): Promise<void> {
  await Promise.all(samples.map((sample) => sample.stop()));
  rmSync(folder, { recursive: true, force: true });
}
