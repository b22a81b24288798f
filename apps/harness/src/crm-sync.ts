import { fileURLToPath } from 'node:url';
import { type HubSpotStandIn, startHubSpotStandIn } from '@twenty-webhooks/crm-sync/dev/hubspot-stand-in';
import { createDatabase, findFreePort, type OwnDatabase } from '@twenty-webhooks/services';
import { startTwentySimulator, type TwentySimulator } from '@twenty-webhooks/testing';
import { type AppProcess, startAppProcess } from './app-process.ts';
import { differences } from './crm-differences.ts';
import { createRisingClock } from './rising-clock.ts';
import type { Sample, SampleOptions } from './sample.ts';

export interface CrmAppOptions {
  /** Where it runs. */
  readonly folder: string;
  readonly port: number;
  readonly twenty: TwentySimulator;
  readonly hubspot: HubSpotStandIn;
  readonly databaseUrl: string;
  /** With it, passes can be asked for. */
  readonly adminToken?: string;
}

/** Start the server of crm-sync. */
export function startCrmApp({
  folder,
  port,
  twenty,
  hubspot,
  databaseUrl,
  adminToken = '',
}: CrmAppOptions): Promise<AppProcess> {
  return startAppProcess({
    folder: fileURLToPath(new URL('../../crm-sync/', import.meta.url)),
    command: ['src/server.ts'],
    cwd: folder,
    port,
    env: {
      TWENTY_WEBHOOK_SECRET: twenty.secret,
      TWENTY_API_URL: twenty.origin,
      TWENTY_API_KEY: twenty.apiKey,
      HUBSPOT_TOKEN: hubspot.token,
      HUBSPOT_API_URL: hubspot.origin,
      DATABASE_URL: databaseUrl,
      ADMIN_TOKEN: adminToken,
    },
  });
}

export interface CrmSyncOptions extends SampleOptions {
  /** A server on which databases can be created. */
  readonly postgresUrl: string;
}

/** Start crm-sync in a database of its own. What is triggered is a new person of one of two companies. */
export async function startCrmSync({ folder, postgresUrl }: CrmSyncOptions): Promise<Sample> {
  const port = await findFreePort();
  const database = await createDatabase(postgresUrl);
  const hubspot = await startHubSpotStandIn();
  const target = `http://127.0.0.1:${port}/webhooks/twenty`;
  // Two edits of a record in one millisecond have no order; the app leaves them to its reconcile pass, which has a test of its own.
  const simulator = await startTwentySimulator({ target, clock: createRisingClock() });
  const app = await startCrmApp({ folder, port, twenty: simulator, hubspot, databaseUrl: database.url });
  return createSample({ hubspot, simulator, app, database });
}

interface Parts {
  readonly hubspot: HubSpotStandIn;
  readonly simulator: TwentySimulator;
  readonly app: AppProcess;
  readonly database: OwnDatabase;
}

function createSample({ hubspot, simulator, app, database }: Parts): Sample {
  const { workspace } = simulator;
  const [company, another] = ['Analytique', 'Söhne'].map((name) => workspace.create('company', { name }).id);
  let made = 0;
  const addPerson = (): string => {
    made++;
    const name = { firstName: 'Zoë', lastName: `D’Arc ${made}` };
    const emails = { primaryEmail: `zoe.${made}@example.com`, additionalEmails: [] };
    return workspace.create('person', { name, emails, companyId: company }).id;
  };
  return {
    app,
    simulator,
    trigger(count) {
      for (let left = count; left > 0; left--) addPerson();
    },
    triggerInTurn() {
      const id = addPerson();
      workspace.update('person', id, { jobTitle: 'Countess' });
      workspace.update('person', id, { companyId: another });
      workspace.update('person', id, { emails: { primaryEmail: `renamed.${made}@example.com` } });
      workspace.delete('person', id);
      workspace.restore('person', id);
      workspace.update('person', id, { name: { lastName: `Last ${made}` } });
    },
    effects: async () => [...hubspot.contacts.values()].filter(({ archived }) => !archived).length,
    problems: async () => differences(workspace, hubspot),
    async isAtRest() {
      const { jobs, reconcile } = (await (await fetch(`${app.origin}/status`)).json()) as Status;
      return jobs.waiting + jobs.running === 0 && !reconcile.running;
    },
    slowDown: (slowMs) => hubspot.setFaults({ slowMs }),
    async breakOutside() {
      hubspot.setFaults({ down: true });
      return async () => hubspot.setFaults({});
    },
    async close() {
      await app.kill();
      await simulator.close();
      await hubspot.close();
      await database.drop();
    },
  };
}

interface Status {
  readonly jobs: { readonly waiting: number; readonly running: number };
  readonly reconcile: { readonly running: boolean };
}
