import { expect, onTestFinished, test } from 'vitest';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

test('a path that leads behind a webhook is 404, and deletes nothing', async () => {
  const { twenty } = await simulation();
  const [{ id }] = (await ask(twenty, 'GET', 'webhooks')).json;
  for (const method of ['GET', 'PATCH', 'DELETE'])
    expect((await ask(twenty, method, `webhooks/${id}/foo`, method === 'PATCH' ? {} : undefined)).status).toBe(404);
  expect((await ask(twenty, 'GET', 'webhooks')).json).toHaveLength(1);
});

test('a whole webhook can be sent back, with what is to change', async () => {
  const { twenty } = await simulation();
  const [own] = (await ask(twenty, 'GET', 'webhooks')).json;
  expect(await ask(twenty, 'PATCH', `webhooks/${own.id}`, own)).toEqual({ status: 200, json: own });
  const { status, json } = await ask(twenty, 'PATCH', `webhooks/${own.id}`, { ...own, id: 'x', description: 'Sync' });
  expect({ status, json }).toMatchObject({ status: 200, json: { id: own.id, description: 'Sync' } });
  // Nobody says the id of what is not there yet.
  expect((await ask(twenty, 'POST', 'webhooks', own)).status).toBe(400);
  expect((await ask(twenty, 'POST', 'webhooks', { targetUrl: 'http://[' })).status).toBe(400);
});
