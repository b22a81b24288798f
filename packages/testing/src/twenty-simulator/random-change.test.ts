import { expect, onTestFinished, test } from 'vitest';
import { randomChange } from './random-change.ts';
import { simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

test('each is one change, and in time there is every kind', async () => {
  const { twenty, target } = await simulation();
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let made = 0; made < 1_500; made += 1) randomChange(twenty.workspace, random);
  await twenty.settled();
  expect(target.arrivals).toHaveLength(1_500);
  expect([...new Set(target.arrivals.map(({ json }) => json.eventName))].sort()).toEqual([
    'company.created',
    'opportunity.created',
    'opportunity.updated',
    'person.created',
    'person.deleted',
    'person.restored',
    'person.updated',
  ]);
  expect(target.arrivals.some(({ json }) => json.record.stage === 'CUSTOMER')).toBe(true);
}, 60_000);
