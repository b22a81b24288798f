import { hash } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { createOnce, exists, Refused } from './twenty.ts';

/** Run something whose result is recorded; until there is one it is tried again, for about nine hours. */
export function step<T>(name: string, run: (id: string) => Promise<T>): Promise<T> {
  // A UUID for what it creates: the same if it is killed between its effect and its record, and runs again.
  const hex = hash('sha1', `${DBOS.workflowID}/${name}`);
  const id = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-5$3-8$4-$5');
  const shouldRetry = (error: unknown) => !(error instanceof Refused);
  // Doubles with each try. By chance, lest runs that met Twenty's limit of requests together meet it together again.
  const intervalSeconds = 1 + 2 * Math.random();
  return DBOS.runStep(() => run(id), { name, retriesAllowed: true, maxAttempts: 20, intervalSeconds, shouldRetry });
}

/** Create a task in Twenty and link it to a record: two steps. `false` if there is no such record any more. */
export async function addTask(name: string, title: string, objects: 'companies' | 'opportunities', recordId: string) {
  const taskId = await step(`create ${name} task`, (id) => createOnce('tasks', { id, title, status: 'TODO' }));
  const idField = objects === 'companies' ? 'targetCompanyId' : 'targetOpportunityId';
  return step(`link ${name} task`, async (id) => {
    const result = await createOnce('taskTargets', { id, taskId, [idField]: recordId }).catch((error: Error) => error);
    if (result instanceof Error && (await exists(objects, `id[eq]:${recordId}`))) throw result;
    return !(result instanceof Error);
  });
}
