import { workflow } from '../lib/dbos.ts';
import { addTask } from '../lib/steps.ts';

export const wonDeal = workflow('won-deal', async ({ id, name }) => {
  const isLinked = await addTask('hand-over', `Hand over ${name}`, 'opportunities', id);
  return isLinked ? 'Asked for the hand-over' : 'The deal is gone';
});
