import { fileURLToPath } from 'node:url';
import { createDatabase, findFreePort, type OwnDatabase } from '@twenty-webhooks/services';
import { startTwentySimulator, type TwentySimulator } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { type AppProcess, startAppProcess } from './app-process.ts';
import { type CountedApi, startCountedApi } from './counted-api.ts';
import { groupBy } from './group-by.ts';
import type { Sample } from './sample.ts';

const folder = fileURLToPath(new URL('../../workflow-trigger/', import.meta.url));

export interface WorkflowAppOptions {
  readonly port: number;
  readonly twenty: Pick<TwentySimulator, 'secret' | 'apiKey'>;
  /** Where the app finds Twenty's API. */
  readonly apiUrl: string;
  /** What else it is to have, such as `DATABASE_URL`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Start the server of workflow-trigger, which must be built. */
export function startWorkflowApp({ port, twenty, apiUrl, env }: WorkflowAppOptions): Promise<AppProcess> {
  return startAppProcess({
    folder,
    command: ['node_modules/next/dist/bin/next', 'start', '-p', String(port)],
    cwd: folder,
    // PGlite is WebAssembly: to optimise it takes longer than a test.
    flags: env.PGLITE_FOLDER === undefined ? [] : ['--liftoff-only'],
    port,
    env: {
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      TWENTY_WEBHOOK_SECRET: twenty.secret,
      TWENTY_API_URL: apiUrl,
      TWENTY_API_KEY: twenty.apiKey,
      FOLLOW_UP_AFTER_SECONDS: '3',
      // Next reads an `.env` that lies there, but only for what is not set.
      DATABASE_URL: '',
      WON_STAGES: '',
      ...env,
    },
    isReady: async (origin) => (await fetch(`${origin}/api/runs`).catch(() => undefined))?.ok === true,
  });
}

/**
 * Start workflow-trigger, which must be built, in a database of its own. Each company that is triggered is without a contact, so
 * that it gets two tasks.
 *
 * @param postgresUrl a server on which databases can be created
 */
export async function startWorkflowTrigger(postgresUrl: string): Promise<Sample> {
  const port = await findFreePort();
  const database = await createDatabase(postgresUrl);
  // Twenty's own limit would make 500 companies take half an hour.
  const requestsPerMinute = 1_000_000;
  const twenty = await startTwentySimulator({ target: `http://127.0.0.1:${port}/webhooks/twenty`, requestsPerMinute });
  const api = await startCountedApi(twenty.origin);
  const env = { DATABASE_URL: database.url, FOLLOW_UP_AFTER_SECONDS: '1' };
  const app = await startWorkflowApp({ port, twenty, apiUrl: api.origin, env });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return createSample({ app, simulator: twenty, api, database, client });
}

interface Parts {
  readonly app: AppProcess;
  readonly simulator: TwentySimulator;
  readonly api: CountedApi;
  readonly database: OwnDatabase;
  readonly client: Client;
}

function createSample({ app, simulator, api, database, client }: Parts): Sample {
  const { workspace } = simulator;
  const companies: string[] = [];
  const addCompany = (): string => {
    const { id } = workspace.create('company', { name: `Company ${companies.length}` });
    companies.push(id);
    return id;
  };
  /** Tasks of each company, by way of their links. */
  const tasks = (): ReadonlyMap<unknown, readonly unknown[]> => {
    const titles = new Map(workspace.list('task').map(({ id, title }) => [id, title]));
    const links = groupBy(workspace.list('taskTarget'), ({ targetCompanyId }) => targetCompanyId);
    return new Map(
      [...links].map(([company, its]) => [company, its.map(({ taskId }) => titles.get(taskId as string))]),
    );
  };
  const runs = async (): Promise<Readonly<Record<string, number>>> => {
    const { rows } = await client.query('select status, count(*)::int from dbos.workflow_status group by 1');
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  };
  return {
    app,
    simulator,
    trigger(count) {
      for (let made = 0; made < count; made++) addCompany();
    },
    triggerInTurn() {
      const id = addCompany();
      workspace.update('company', id, { name: 'Renamed' });
      workspace.update('company', id, { employees: 5 });
    },
    effects: async () => tasks().size,
    async problems() {
      const found = tasks();
      return [
        ...companies.flatMap((id) => {
          const kinds = (found.get(id) ?? []).map((title) => String(title).split(' ')[0]).sort();
          return kinds.join() === 'Find,Onboard' ? [] : [`${workspace.get('company', id)?.name}: ${kinds.join()}`];
        }),
        ...(found.size > companies.length ? ['tasks of unknown companies'] : []),
        ...(workspace.list('task').length > companies.length * 2 ? ['tasks that are linked to nothing'] : []),
      ];
    },
    async isAtRest() {
      const { SUCCESS = 0, ...others } = await runs();
      return SUCCESS === companies.length && Object.keys(others).length === 0;
    },
    slowDown: (ms) => api.answerAfter(ms),
    async breakOutside() {
      api.fail('hang up');
      return async () => api.fail(undefined);
    },
    async close() {
      await app.kill();
      await api.close();
      await simulator.close();
      await client.end();
      await database.drop();
    },
  };
}
