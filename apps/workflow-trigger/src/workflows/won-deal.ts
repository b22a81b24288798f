import { workflow } from '../lib/dbos.ts';
import { addTask } from '../lib/steps.ts';

export const wonDeal = workflow('won-deal', async ({ id, name }) => {
  const target = { objects: 'opportunities', idField: 'targetOpportunityId', id };
  return (await addTask('hand-over', `Hand over ${name}`, target)) ? 'Asked for the hand-over' : 'The deal is gone';
});
