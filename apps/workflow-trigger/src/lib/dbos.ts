import { DBOS } from '@dbos-inc/dbos-sdk';
import { readEnv } from './env.ts';
import { openPglite } from './pglite.ts';

type Workflow = (subject: { readonly id: string; readonly name: string }) => Promise<string>;
// A name can be registered once, but Next loads this file twice, for instrumentation.ts and for the routes.
const registered: Map<string, Workflow> = Reflect.get(globalThis, 'workflows') ?? new Map();
Reflect.set(globalThis, 'workflows', registered);

/** Make a function durable. Its name is in the database: keep it. It says how it ended. */
export function workflow(name: string, run: Workflow): Workflow {
  // Each start of the server counts as an attempt at every run that waits: 100, the default, are few for a crash loop.
  if (!registered.has(name)) registered.set(name, DBOS.registerWorkflow(run, { name, maxRecoveryAttempts: 1_000_000 }));
  return registered.get(name) as Workflow;
}

/** Connect, and go on with the runs that the last process left. Gives what to call before this one ends. */
export async function launch() {
  const { database } = readEnv();
  const pglite = database.url ? undefined : await openPglite(database.folder);
  DBOS.setConfig({
    name: 'workflow-trigger',
    // Only runs of this version are taken up again. The default, a hash of the code, would strand them at every edit.
    // Change it when the steps of a workflow become others; runs of the old version end under the old code only.
    applicationVersion: '1',
    logLevel: 'warn',
    systemDatabaseUrl: database.url ?? pglite?.url,
    // Over its socket PGlite mixes up the statements of several connections, and notifies none.
    ...(pglite && { systemDatabasePoolSize: 1, useListenNotify: false }),
  });
  await DBOS.launch();
  return () => DBOS.shutdown().then(() => pglite?.close());
}
