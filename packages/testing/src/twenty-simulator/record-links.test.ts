import { expect, onTestFinished, test } from 'vitest';
import { simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

test.each([
  ['task', 'taskTarget', 'taskId'],
  ['note', 'noteTarget', 'noteId'],
  ['company', 'taskTarget', 'targetCompanyId'],
  ['person', 'noteTarget', 'targetPersonId'],
  ['opportunity', 'taskTarget', 'targetOpportunityId'],
  ['rocket', 'noteTarget', 'targetRocketId'],
])('a %s that is destroyed takes each %s to it along, without events; others stay', async (object, link, field) => {
  const { twenty, target } = await simulation({ operations: [`${link}.*`, '*.destroyed'] });
  const { workspace } = twenty;
  const [gone, kept] = [workspace.create(object), workspace.create(object)];
  workspace.create(link, { [field]: gone.id });
  const other = workspace.create(link, { [field]: kept.id });
  workspace.delete(object, gone.id);
  expect(workspace.list(link)).toHaveLength(2);
  workspace.destroy(object, gone.id);
  expect(workspace.list(link)).toEqual([other]);
  await twenty.settled();
  expect(target.arrivals.map(({ json }) => json.eventName).sort()).toEqual(
    [`${link}.created`, `${link}.created`, `${object}.destroyed`].sort(),
  );
});
