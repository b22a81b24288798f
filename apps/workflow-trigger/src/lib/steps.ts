import { createHash } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { createOnce, exists, Refused } from './twenty.ts';

/** Run something whose result is recorded; until there is one it is tried again, for about nine hours. */
export function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const shouldRetry = (error: unknown) => !(error instanceof Refused);
  // Doubles with each try. By chance, lest runs that met Twenty's limit of requests together meet it together again.
  const intervalSeconds = 1 + 2 * Math.random();
  return DBOS.runStep(run, { name, retriesAllowed: true, maxAttempts: 20, intervalSeconds, shouldRetry });
}

/** Create a task in Twenty and link it to a record: two steps. `false` if there is no such record any more. */
export async function addTask(name: string, title: string, target: { objects: string; idField: string; id: string }) {
  const [create, link] = [`create ${name} task`, `link ${name} task`];
  const taskId = await step(create, () => createOnce('tasks', { id: uuidOfStep(create), title, status: 'TODO' }));
  return step(link, async () => {
    const record = { id: uuidOfStep(link), taskId, [target.idField]: target.id };
    const result = await createOnce('taskTargets', record).catch((error: Error) => error);
    if (result instanceof Error && (await exists(target.objects, `id[eq]:${target.id}`))) throw result;
    return !(result instanceof Error);
  });
}

/** The same when a step runs again because it was killed between its effect and its record. Of the form of version 5. */
function uuidOfStep(name: string): string {
  const hex = createHash('sha1').update(`${DBOS.workflowID}/${name}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-5$3-8$4-$5');
}
