import { DBOS, type WorkflowStatus } from '@dbos-inc/dbos-sdk';

export type Row = { id: string | number; name: string; state: string; startedAt?: number; note?: string };

/** The newest runs, each with its steps behind it. */
export async function GET() {
  const runs = await DBOS.listWorkflows({ sortDesc: true, limit: 50 });
  return Response.json(await Promise.all(runs.map(toRows)));
}

async function toRows({ workflowID: id, workflowName, status: state, createdAt: startedAt, ...run }: WorkflowStatus) {
  const [subject] = run.input as [{ name: string }];
  const note = String(run.error ?? run.output ?? '');
  const infos = (await DBOS.listWorkflowSteps(id)) ?? [];
  const steps = infos.map(({ functionID: id, name, output, error, startedAtEpochMs: startedAt }): Row => {
    // A sleep is recorded when it begins, with its end as its output.
    const until = new Date(name === 'DBOS.sleep' ? Number(output) : 0);
    if (until > new Date()) return { id, name, state: 'SLEEPING', startedAt, note: `until ${until.toUTCString()}` };
    return { id, name, state: error ? 'ERROR' : 'SUCCESS', startedAt, note: error?.message };
  });
  return [{ id, name: `${subject.name}: ${workflowName}`, state, startedAt, note }, ...steps];
}
