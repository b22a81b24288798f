// Delivers signed webhooks of both formats to the Express sample, shows what became of them, and ends with 0 only if every
// answer and everything that the handlers did is what it should be. With --keep the sample stays up.
import { parseArgs } from 'node:util';
import { goldenVectors } from '@twenty-webhooks/testing';
import { curlLine } from './curl-line.ts';
import { deliver, type Result } from './deliver.ts';
import { planSamples } from './plan-samples.ts';
import { planVectors } from './plan-vectors.ts';
import { startSample } from './start-sample.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const vectors = goldenVectors();
const secret = `demo-${crypto.randomUUID()}`;
// A golden vector is fresh by the clock of its own day only.
const sampleAtVectors = await startSample({ secrets: vectors[0]?.secrets ?? [], nowMs: vectors[0]?.nowMs });
const sampleInRotation = await startSample({ secrets: rotation(), nowMs: vectors[0]?.nowMs });
const sampleNow = await startSample({ secrets: [secret] });

const results: Result[] = [];
for (const plan of planVectors(vectors)) {
  results.push(await deliver(plan, plan.secrets.length > 1 ? sampleInRotation : sampleAtVectors));
}
for (const plan of planSamples(secret)) results.push(await deliver(plan, sampleNow));

printTable(results);
const wrong = results.filter(({ problem }) => problem !== undefined);
const effects = results.reduce((sum, { effects }) => sum + effects.length, 0);
console.log(`\n${results.length} deliveries, ${effects} things done by handlers, ${wrong.length} not as expected.`);
for (const { name, problem } of wrong) console.log(`  ${name}: ${problem}`);

sampleAtVectors.stop();
sampleInRotation.stop();
if (values.keep) {
  console.log(`\nThe sample stays up at ${sampleNow.url}; its journal is at ${sampleNow.journalUrl}. Ctrl-C ends it.`);
  console.log(`Try:\n\n${curlLine(sampleNow.url, secret)}\n`);
} else {
  sampleNow.stop();
}
process.exitCode = wrong.length > 0 ? 1 : 0;

function rotation(): readonly string[] {
  return vectors.find(({ secrets }) => secrets.length > 1)?.secrets ?? [];
}
