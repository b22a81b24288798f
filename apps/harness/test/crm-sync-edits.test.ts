import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HubSpotStandIn, startHubSpotStandIn } from '@twenty-webhooks/crm-sync/dev/hubspot-stand-in';
import { createDatabase, describeWith, findFreePort, findPostgres } from '@twenty-webhooks/services';
import { type SimulatedRecord, type SimulatedWorkspace, startTwentySimulator } from '@twenty-webhooks/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { AppProcess } from '../src/app-process.ts';
import { differences } from '../src/crm-differences.ts';
import { startCrmApp } from '../src/crm-sync.ts';

const editCount = 2_000;
const personCount = 80;
const companyCount = 20;

describeWith(await findPostgres(), 'crm-sync', (postgres) => {
  test(`${editCount} edits on ${personCount + companyCount} records, shuffled, duplicated, 10% dropped, and one reconcile pass: HubSpot is as Twenty`, async () => {
    const { simulator, hubspot, app } = await start({ postgresUrl: postgres.url, requestsPerMinute: 100_000 });
    const { workspace } = simulator;
    const startedAtMs = performance.now();
    const seed = Math.floor(Math.random() * 2 ** 32);
    const editor = createEditor(workspace, createRandom(seed));
    simulator.setFaults({ drop: 0.1, duplicate: 0.2, refanout: 0.1, shuffle: true });
    for (let done = 0; done < editCount; ) {
      done += editor.edit() ? 1 : 0;
      // Twenty goes on while its deliveries are on their way.
      if (done % 20 === 0) await sleep(5);
    }
    await simulator.settled();
    await atRest(app);
    const before = differences(workspace, hubspot).length;
    const updates = hubspot.calls.filter(({ method, status }) => method === 'PATCH' && status === 200);
    const sent = updates.flatMap(({ properties }) => properties).length;
    const unchanged = updates.flatMap((call) => call.unchanged).length;

    await reconcile(app);
    const { jobs, reconcile: pass } = await atRest(app);
    const delivered = simulator.attempts.filter(({ outcome }) => outcome === 'answered').length;
    const dropped = simulator.attempts.filter(({ outcome }) => outcome === 'dropped').length;
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(
      `seed ${seed}: ${editCount} edits, ${delivered} deliveries answered, ${dropped} dropped, ${before} differences before the pass, ` +
        `which delivered ${pass.delivered}; ${hubspot.calls.length} calls of HubSpot, ${unchanged} of ${sent} properties sent needlessly, ${seconds} s`,
    );
    expect(differences(workspace, hubspot)).toEqual([]);
    expect({ dead: jobs.dead, passes: pass.passes, error: pass.lastError }).toEqual({ dead: 0, passes: 2, error: '' });
    // The pass had something to do, and did not just write all records.
    expect(dropped).toBeGreaterThan(editCount / 20);
    expect(before).toBeGreaterThan(0);
    expect(pass.delivered).toBeLessThan(personCount + companyCount);
    // Only what changed; after a 409 it is unknown what HubSpot has.
    expect(unchanged / sent).toBeLessThan(0.1);
  }, 180_000);

  test('a pass keeps to the 100 requests a minute of Twenty, and finds all the same what is new, gone and not in step', async () => {
    const { simulator, hubspot, app, useUp } = await start({ postgresUrl: postgres.url });
    const { workspace } = simulator;
    simulator.setFaults({ drop: 1 });
    const people = Array.from({ length: 130 }, (_, index) =>
      workspace.create('person', personOf(`p${index}@example.com`)),
    );
    // Only a few requests are left of this minute.
    await useUp(98);
    const startedAtMs = performance.now();
    await reconcile(app);
    await reconcile(app, 409);
    await atRest(app);
    expect(differences(workspace, hubspot)).toEqual([]);
    expect(performance.now() - startedAtMs).toBeGreaterThan(500);
    // Of each page that is asked for by id.
    for (const at of [20, 70, 125]) workspace.destroy('person', people[at]?.id ?? '');
    for (const { id } of people.slice(3, 6)) workspace.delete('person', id);
    for (const { id } of people.slice(6, 9)) workspace.update('person', id, { jobTitle: 'Countess' });
    await reconcile(app);
    const { reconcile: pass } = await atRest(app);
    expect(differences(workspace, hubspot)).toEqual([]);
    expect(pass).toMatchObject({ delivered: 9, lastError: '' });
    // Nothing is left to do.
    await reconcile(app);
    expect((await atRest(app)).reconcile).toMatchObject({ delivered: 0 });
  }, 120_000);
});

const adminToken = 'admin token of the test';

interface StartOptions {
  readonly postgresUrl: string;
  readonly requestsPerMinute?: number;
}

async function start({ postgresUrl, requestsPerMinute }: StartOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'crm-sync-'));
  const port = await findFreePort();
  const database = await createDatabase(postgresUrl);
  const hubspot: HubSpotStandIn = await startHubSpotStandIn();
  const simulator = await startTwentySimulator({
    target: `http://127.0.0.1:${port}/webhooks/twenty`,
    requestsPerMinute,
  });
  const databaseUrl = database.url;
  const app = await startCrmApp({ folder, port, twenty: simulator, hubspot, databaseUrl, adminToken });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(app.output.slice(-5_000));
    expect(await app.stop()).toBe(0);
    await simulator.close();
    await hubspot.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });
  await atRest(app);
  const useUp = async (count: number): Promise<void> => {
    const headers = { authorization: `Bearer ${simulator.apiKey}` };
    for (let left = count; left > 0; left -= 1) await fetch(`${simulator.origin}/rest/people?limit=1`, { headers });
  };
  return { hubspot, simulator, app, useUp };
}

interface Status {
  readonly jobs: { readonly waiting: number; readonly running: number; readonly dead: number };
  readonly reconcile: {
    readonly running: boolean;
    readonly passes: number;
    readonly delivered: number;
    readonly lastError: string;
  };
}

/** Wait until no pass runs and no job is left. */
async function atRest({ origin }: AppProcess): Promise<Status> {
  for (const giveUpAtMs = performance.now() + 90_000; performance.now() < giveUpAtMs; await sleep(50)) {
    const status = (await (await fetch(`${origin}/status`)).json()) as Status;
    if (!status.reconcile.running && status.jobs.waiting + status.jobs.running === 0) return status;
  }
  throw new Error('The app does not come to rest');
}

async function reconcile({ origin }: AppProcess, expected = 202): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const { status } = await fetch(`${origin}/reconcile`, { method: 'POST', headers });
  expect(status).toBe(expected);
}

const personOf = (primaryEmail: string) => ({
  name: { firstName: 'Zoë', lastName: `D’Arc of ${primaryEmail}` },
  emails: { primaryEmail, additionalEmails: [] },
});

/** Numbers from 0 to 1 that a seed decides: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes the records, then one edit at a time. No two people of the workspace ever have one e-mail address at the same time. */
function createEditor(workspace: SimulatedWorkspace, random: () => number) {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const word = (): string => random().toString(36).slice(2, 8);
  const addressOf = (person: SimulatedRecord): string => (person.emails as { primaryEmail: string }).primaryEmail;
  /** Addresses that somebody had and nobody has. */
  const free: string[] = [];
  const isLive = ({ deletedAt }: SimulatedRecord): boolean => deletedAt === null;
  const live = (object: string) => workspace.list(object).filter(isLive);

  const rename = (id: string, primaryEmail: string) => workspace.update('person', id, { emails: { primaryEmail } });
  const addCompany = () =>
    workspace.create('company', { name: word(), domainName: { primaryLinkUrl: `https://${word()}.example/` } });
  const addPerson = () => {
    const address = (random() < 0.5 ? free.shift() : undefined) ?? `${word()}@example.com`;
    return workspace.create('person', { ...personOf(address), companyId: pick(live('company'))?.id ?? null });
  };
  while (workspace.list('company').length < companyCount) addCompany();
  while (workspace.list('person').length < personCount) addPerson();

  const restore = (object: string): unknown => {
    const gone = pick(workspace.list(object).filter((record) => !isLive(record)));
    return gone && workspace.restore(object, gone.id);
  };
  const phoneOf = () => ({ primaryPhoneNumber: String(random()).slice(2, 9), primaryPhoneCallingCode: '+44' });

  /** Each gives nothing if there was nothing to change. */
  const edits: readonly ((person: SimulatedRecord, company: SimulatedRecord) => unknown)[] = [
    ({ id }) => workspace.update('person', id, { name: { lastName: word() } }),
    ({ id }) => workspace.update('person', id, { jobTitle: word() }),
    ({ id }) => workspace.update('person', id, { phones: phoneOf() }),
    (person) => {
      free.push(addressOf(person));
      return rename(person.id, `${word()}@example.com`);
    },
    (person) => {
      const address = free.shift();
      if (address === undefined) return undefined;
      free.push(addressOf(person));
      return rename(person.id, address);
    },
    // Two people change addresses, by way of a third one.
    (person) => {
      const other = pick(live('person').filter(({ id }) => id !== person.id));
      if (other === undefined) return undefined;
      const [one, another] = [addressOf(person), addressOf(other)];
      rename(person.id, `${word()}@example.com`);
      rename(other.id, one);
      return rename(person.id, another);
    },
    ({ id }, company) => workspace.update('person', id, { companyId: random() < 0.2 ? null : company.id }),
    (_, { id }) => workspace.update('company', id, { name: word() }),
    ({ id }, company) => (random() < 0.3 ? workspace.delete('company', company.id) : workspace.delete('person', id)),
    () => restore(random() < 0.3 ? 'company' : 'person'),
    (person, company) => {
      if (random() < 0.7) return undefined;
      if (random() < 0.3) {
        workspace.destroy('company', company.id);
        return addCompany();
      }
      free.push(addressOf(person));
      workspace.destroy('person', person.id);
      return addPerson();
    },
  ];
  return {
    /** Whether it changed anything. Half of the records stay live. */
    edit(): boolean {
      if (live('person').length < personCount / 2) return restore('person') !== undefined;
      if (live('company').length < companyCount / 2) return restore('company') !== undefined;
      const [person, company] = [pick(live('person')), pick(live('company'))];
      return person !== undefined && company !== undefined && pick(edits)?.(person, company) !== undefined;
    },
  };
}
