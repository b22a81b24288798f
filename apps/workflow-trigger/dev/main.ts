import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTwentySimulator } from '@twenty-webhooks/testing';

// The app, and a simulated Twenty in which somebody adds a company every few seconds. No account is needed.
const { PORT: port = '3000', DATABASE_URL: databaseUrl } = process.env;
const origin = `http://127.0.0.1:${port}`;
const operations = ['company.created', 'opportunity.created', 'opportunity.updated'];
const twenty = await startTwentySimulator({ target: `${origin}/webhooks/twenty`, operations });
const folder = mkdtempSync(join(tmpdir(), 'workflow-trigger-'));

const next = spawn(
  process.execPath,
  [createRequire(import.meta.url).resolve('next/dist/bin/next'), 'dev', '-p', port],
  {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      TWENTY_WEBHOOK_SECRET: twenty.secret,
      TWENTY_API_URL: twenty.origin,
      TWENTY_API_KEY: twenty.apiKey,
      FOLLOW_UP_AFTER_SECONDS: process.env.FOLLOW_UP_AFTER_SECONDS ?? '10',
      // Empty: what .env says shall not count.
      DATABASE_URL: databaseUrl ?? '',
      PGLITE_FOLDER: join(folder, 'pgdata'),
    },
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => next.kill('SIGTERM'));
next.once('exit', async (code) => {
  clearInterval(timer);
  await twenty.close();
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});

console.log(
  `A simulated Twenty is at ${twenty.origin}, its runs will be at http://localhost:${port}. Ctrl-C ends both.`,
);
const names = ['Airbus', 'Bosch', 'Carlsberg', 'Danone', 'Ericsson', 'Ferrero', 'Grundfos', 'Heineken'];
let count = 0;
const timer = setInterval(() => void addCompany(), 5_000);

/** Every other company gets a contact before the follow-up, every third a deal that is won. */
function addCompany(): void {
  count += 1;
  const name = `${names[count % names.length]} ${count}`;
  const company = twenty.workspace.create('company', { name });
  if (count % 2 === 0)
    twenty.workspace.create('person', { companyId: company.id, name: { firstName: 'Ada', lastName: name } });
  if (count % 3 === 0) {
    const deal = twenty.workspace.create('opportunity', {
      name: `Fleet for ${name}`,
      companyId: company.id,
      stage: 'PROPOSAL',
    });
    twenty.workspace.update('opportunity', deal.id, { stage: 'CUSTOMER' });
  }
}
