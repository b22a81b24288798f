import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSlackNotify } from '@twenty-webhooks/apps-harness';
import { curlLine } from './curl-line.ts';
import { tellStory } from './story.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const folder = mkdtempSync(join(tmpdir(), 'twenty-webhooks-demo-'));
const sample = await startSlackNotify({ folder });
let isKept = values.keep;
process.once('SIGINT', () => void cleanUp());

try {
  console.log(`
  Twenty, simulated        ${sample.simulator.origin}
  slack-notify, Express    ${sample.app.url}
  its inbox, SQLite        ${join(folder, 'inbox.sqlite')}
  Slack, a stand-in        ${sample.slack.origin}
`);
  const { rows, problems } = await tellStory(sample, (line) => console.log(`  ${line}`));
  console.log();
  printTable([['event', 'in Twenty', 'deliveries', 'message in Slack'], ...rows].map((row) => [' ', ...row]));
  const { length: messages } = sample.slack.messages;
  console.log(`\n${rows.length} events, ${messages} messages, ${problems.length} missing, wrong or repeated.`);
  for (const problem of problems) console.log(`  ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
  if (isKept) {
    console.log(`\nAll of it stays up; look at ${sample.slack.origin}. Ctrl-C ends it. Send something yourself:\n`);
    console.log(`${curlLine(sample.app.url, sample.simulator.secret)}\n`);
  }
} catch (error) {
  isKept = false;
  throw error;
} finally {
  if (!isKept) await cleanUp();
}

async function cleanUp(): Promise<void> {
  await sample.close();
  rmSync(folder, { recursive: true, force: true });
}
