import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSlackNotify } from '@twenty-webhooks/apps-harness';
import { makeTemporaryFolder } from '@twenty-webhooks/services';
import { curlLine } from './curl-line.ts';
import { tellStory } from './story.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

// Until all is shown. The app ends, and the folder goes, with this process, however it ends.
process.exitCode = 1;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit());
const folder = await makeTemporaryFolder();
const sample = await startSlackNotify({ folder: folder.path });

try {
  console.log(`
  Twenty, simulated        ${sample.simulator.origin}
  slack-notify, Express    ${sample.app.url}
  its inbox, SQLite        ${join(folder.path, 'inbox.sqlite')}
  Slack, a stand-in        ${sample.slack.origin}
`);
  const { rows, problems } = await tellStory(sample, (line) => console.log(`  ${line}`));
  console.log();
  printTable([['event', 'in Twenty', 'deliveries', 'message in Slack'], ...rows].map((row) => [' ', ...row]));
  const { length: messages } = sample.slack.messages;
  console.log(`\n${rows.length} events, ${messages} messages, ${problems.length} missing, wrong or repeated.`);
  for (const problem of problems) console.log(`  ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
  if (values.keep) {
    console.log(`\nAll of it stays up; look at ${sample.slack.origin}. Ctrl-C ends it. Send something yourself:\n`);
    console.log(`${curlLine(sample.app.url, sample.simulator.secret)}\n`);
    await new Promise(() => {});
  }
} finally {
  await sample.close();
  await folder.remove();
}
