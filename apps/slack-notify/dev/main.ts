import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomChange, startTwentySimulator } from '@twenty-webhooks/testing';
import { startSlackStandIn } from './slack-stand-in.ts';

// The app beside a simulated Twenty and a stand-in of Slack; or the real Slack, if the command line names its channel. What stands
// in .env is for `start`: nobody wants invented leads there by accident.

const { SLACK_TOKEN, SLACK_CHANNEL, SLACK_API_URL } = process.env;
const isReal = Boolean(SLACK_TOKEN && SLACK_CHANNEL);
const slack = isReal ? undefined : await startSlackStandIn();
const twenty = await startTwentySimulator();
const folder = mkdtempSync(join(tmpdir(), 'slack-notify-'));

const child = spawn(process.execPath, [fileURLToPath(new URL('../src/server.ts', import.meta.url))], {
  env: {
    ...process.env,
    TWENTY_WEBHOOK_SECRET: twenty.secret,
    TWENTY_URL: process.env.TWENTY_URL || 'https://app.twenty.com',
    SLACK_TOKEN: slack?.token ?? SLACK_TOKEN,
    SLACK_CHANNEL: slack?.channel ?? SLACK_CHANNEL,
    SLACK_API_URL: slack?.apiUrl ?? SLACK_API_URL,
    INBOX_FILE: join(folder, 'inbox.sqlite'),
    PORT: process.env.PORT || '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
// However this process ends, unless it is killed.
process.on('exit', () => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
// Before anything is waited for: it may end at once, and Ctrl-C may come at any time.
let isStopping = false;
const ended = once(child, 'exit');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopping = true;
    child.kill('SIGTERM');
  });
}

const url = await Promise.race([webhookUrlOf(child), ended.then(() => undefined)]);
if (url !== undefined && !isStopping) {
  console.log(`Messages: ${slack ? slack.origin : `channel ${SLACK_CHANNEL} of Slack`}`);
  console.log(`Jobs: ${new URL('/jobs', url)}`);
  console.log('A simulated Twenty makes a change every 3 seconds. Ctrl-C ends it.');
  twenty.setTarget(url);
  makeFirstChanges();
}
const timer = setInterval(() => {
  const { name, stage } = randomChange(twenty.workspace);
  console.log(`Twenty: ${Object.values(Object(name)).join(typeof name === 'string' ? '' : ' ')} ${stage ?? ''}`);
}, 3_000);

const [code] = await ended;
clearInterval(timer);
await Promise.all([twenty.close(), slack?.close()]);
if (!isStopping) console.error(`The app ended by itself: ${code}`);
process.exitCode = isStopping ? 0 : 1;

/** Read what the app prints, print it, and find its URL in it. */
function webhookUrlOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    stdout?.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += chunk;
      const [url] = /http:\S+\/webhooks\/twenty(?=\s)/.exec(output) ?? [];
      if (url === undefined) return;
      output = '';
      resolve(url);
    });
  });
}

/** Two leads, one of whom tries to call everybody, and a deal that is won. */
function makeFirstChanges(): void {
  const { workspace } = twenty;
  const company = workspace.create('company', { name: 'Analytical Engines' });
  workspace.create('person', {
    name: { firstName: 'Ada', lastName: 'Lovelace' },
    emails: { primaryEmail: 'ada@example.com' },
    jobTitle: 'Countess & programmer',
    companyId: company.id,
  });
  workspace.create('person', { name: { firstName: '<!channel>', lastName: 'Mallory' }, jobTitle: 'Prankster' });
  const deal = workspace.create('opportunity', {
    name: 'Engines for 1843',
    amount: { amountMicros: 1_250_000_000_000, currencyCode: 'GBP' },
    companyId: company.id,
  });
  workspace.update('opportunity', deal.id, { stage: 'CUSTOMER' });
}
