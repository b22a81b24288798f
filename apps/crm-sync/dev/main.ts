import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomChange, startTwentySimulator } from '@twenty-webhooks/testing';
import { startHubSpotStandIn } from './hubspot-stand-in.ts';

// The app with nothing outside this machine: a simulated Twenty that loses, repeats and mixes up deliveries, and a stand-in of
// HubSpot; with HUBSPOT_TOKEN the real one.

const { HUBSPOT_TOKEN: token, HUBSPOT_API_URL: apiUrl, DATABASE_URL: databaseUrl, PORT: givenPort } = process.env;
const folder = await mkdtemp(join(tmpdir(), 'crm-sync-'));
const port = Number(givenPort || (await findFreePort()));
const hubspot = token ? undefined : await startHubSpotStandIn();
const twenty = await startTwentySimulator({
  target: `http://127.0.0.1:${port}/webhooks/twenty`,
  operations: ['person.*', 'company.*'],
  faults: { drop: 0.1, duplicate: 0.2, shuffle: true },
});
const adminToken = randomBytes(16).toString('hex');
const app = spawn(process.execPath, [join(import.meta.dirname, '../src/server.ts')], {
  stdio: 'inherit',
  env: {
    PATH: process.env.PATH,
    TWENTY_WEBHOOK_SECRET: twenty.secret,
    TWENTY_API_URL: twenty.origin,
    TWENTY_API_KEY: twenty.apiKey,
    HUBSPOT_TOKEN: hubspot?.token ?? token,
    ...(hubspot ? { HUBSPOT_API_URL: hubspot.origin } : apiUrl ? { HUBSPOT_API_URL: apiUrl } : {}),
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : { PGLITE_FOLDER: join(folder, 'pgdata') }),
    ADMIN_TOKEN: adminToken,
    PORT: String(port),
  },
});
const ended = new Promise<void>((resolve) => {
  app.once('exit', () => resolve());
});
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
void ended.then(() => stopping.abort());

console.log(`Twenty, simulated: ${twenty.origin}/rest/people (bearer ${twenty.apiKey})`);
if (hubspot) console.log(`HubSpot, stand-in: ${hubspot.origin}/`);
console.log(`Status: http://localhost:${port}/status\n`);
try {
  await run(stopping.signal);
} catch (error) {
  if (!stopping.signal.aborted) throw error;
} finally {
  app.kill('SIGTERM');
  await ended;
  await twenty.close();
  await hubspot?.close();
  await rm(folder, { recursive: true, force: true });
}

async function run(signal: AbortSignal): Promise<void> {
  const { workspace } = twenty;
  await isUp(signal);
  for (const name of ['Analytique', 'Söhne', 'Ariane']) workspace.create('company', { name });
  for (let round = 1; !signal.aborted; round += 1) {
    for (let changes = 0; changes < 8; changes += 1) {
      randomChange(workspace);
      await sleep(250, undefined, { signal });
    }
    await twenty.settled();
    await sleep(500, undefined, { signal });
    console.log(
      await compare(`${twenty.attempts.filter(({ outcome }) => outcome === 'dropped').length} deliveries lost`),
    );
    if (round % 3 !== 0) continue;
    await fetch(`http://127.0.0.1:${port}/reconcile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
    });
    await sleep(1_500, undefined, { signal });
    const { reconcile } = await status();
    console.log(await compare(`after reconcile pass ${reconcile.passes}, which repaired ${reconcile.delivered}`));
  }
}

/** One line: what both sides have. */
async function compare(what: string): Promise<string> {
  const { jobs } = await status();
  const live = twenty.workspace.list('person').filter(({ deletedAt }) => deletedAt === null);
  const contacts = [...(hubspot?.contacts.values() ?? [])].filter(({ archived }) => !archived);
  const same = live.filter((person) => {
    const contact = contacts.find(({ properties }) => properties.twenty_id === person.id);
    const { firstName = '', lastName = '' } = (person.name ?? {}) as { firstName?: string; lastName?: string };
    const { primaryEmail = '' } = (person.emails ?? {}) as { primaryEmail?: string };
    const { firstname = '', lastname = '', email = '' } = contact?.properties ?? {};
    return contact && firstname === firstName && lastname === lastName && email === primaryEmail.toLowerCase();
  });
  const sides = hubspot
    ? `${live.length} people, ${contacts.length} contacts, ${same.length} alike`
    : `${live.length} people`;
  return `${sides} · jobs: ${jobs.done} done, ${jobs.waiting} waiting, ${jobs.dead} dead · ${what}`;
}

interface Status {
  readonly jobs: { readonly done: number; readonly waiting: number; readonly dead: number };
  readonly reconcile: { readonly passes: number; readonly delivered: number };
}

async function status(): Promise<Status> {
  return (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as Status;
}

async function isUp(signal: AbortSignal): Promise<void> {
  while (!(await status().catch(() => undefined))) await sleep(100, undefined, { signal });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
