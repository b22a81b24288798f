import { expect, onTestFinished, test } from 'vitest';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

test.each([
  ['rockets', { name: 5 }],
  ['rockets', { engines: 'many' }],
  ['rockets', { engines: '5' }],
  ['rockets', { isCrewed: 'no' }],
  ['rockets', { tags: [1] }],
  ['rockets', { launchedOn: 'soon' }],
  ['rockets', { launchedOn: '2026-02-30' }],
  ['rockets', { position: 'somewhere' }],
  ['opportunities', { closeDate: 'not a date' }],
  ['opportunities', { closeDate: '2026-13-01T00:00:00Z' }],
  ['opportunities', { closeDate: 5 }],
  ['opportunities', { amount: { micros: 5 } }],
  ['opportunities', { amount: { amountMicros: 'five' } }],
  ['opportunities', { amount: [] }],
  ['people', { name: { firstname: 'Ada' } }],
  ['people', { name: { constructor: 'Ada' } }],
  ['people', { emails: { additionalEmails: 'ada@example.com' } }],
])('/rest/%s refuses %j, as the workspace does', async (plural, fields) => {
  const { twenty } = await simulation();
  const { status, json } = await ask(twenty, 'POST', plural, fields);
  expect({ status, messages: json.messages }).toEqual({ status: 400, messages: [expect.stringMatching(/Invalid/)] });
  const object = { rockets: 'rocket', opportunities: 'opportunity', people: 'person' }[plural] ?? '';
  expect(() => twenty.workspace.create(object, fields)).toThrow(/Invalid/);
  expect(twenty.workspace.list(object)).toEqual([]);
});

test.each([
  ['2026-12-31T10:00:00+02:00', '2026-12-31T08:00:00.000Z'],
  ['2026-12-31T10:00:00.5-0230', '2026-12-31T12:30:00.500Z'],
  ['2026-12-31T10:00Z', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31 10:00:00', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31', '2026-12-31T00:00:00.000Z'],
  [null, null],
])('a time written as %j is %j, a day is a day', async (closeDate, expected) => {
  const { twenty } = await simulation();
  const { json } = await ask(twenty, 'POST', 'opportunities', { closeDate });
  expect(json.data.createOpportunity.closeDate).toBe(expected);
  const { json: rocket } = await ask(twenty, 'POST', 'rockets', {
    launchedOn: closeDate === null ? null : '2026-12-31',
  });
  expect(rocket.data.createRocket.launchedOn).toBe(closeDate === null ? null : '2026-12-31');
});

test('order and filters compare moments and amounts, however they were written', async () => {
  const { twenty } = await simulation();
  const deals = [
    { name: 'second', closeDate: '2026-12-31T10:00:00+02:00', amount: { amountMicros: '10000000' } },
    { name: 'first', closeDate: '2026-12-31', amount: { amountMicros: 9_000_000 } },
    { name: 'third', closeDate: '2026-12-31T09:00Z', amount: { amountMicros: '200000000' } },
  ];
  for (const deal of deals) await ask(twenty, 'POST', 'opportunities', deal);
  const names = async (query: string): Promise<string[]> => {
    const { json } = await ask(twenty, 'GET', `opportunities?${query}`);
    return json.data.opportunities.map(({ name }: { name: string }) => name);
  };
  expect(await names('order_by=closeDate')).toEqual(['first', 'second', 'third']);
  expect(await names('order_by=amount.amountMicros[DescNullsLast]')).toEqual(['third', 'second', 'first']);
  expect(await names('order_by=name&filter=closeDate[gt]:2026-12-31T08:30:00Z')).toEqual(['third']);
  expect(await names('order_by=name&filter=amount.amountMicros[gte]:9500000')).toEqual(['second', 'third']);
});

test('the workspace takes JSON only: a bigint is refused before anything is stored, a Date counts as its text', async () => {
  const { twenty, target } = await simulation();
  const { workspace } = twenty;
  expect(() => workspace.create('opportunity', { amount: { amountMicros: 5n } })).toThrow(TypeError);
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(() => workspace.create('rocket', { telemetry: circle })).toThrow(TypeError);
  expect([...workspace.list('opportunity'), ...workspace.list('rocket')]).toEqual([]);
  const dueAt = new Date('2026-01-01T12:00:00Z');
  const task = workspace.create('task', { dueAt, title: undefined });
  expect(task).toMatchObject({ dueAt: '2026-01-01T12:00:00.000Z', title: '' });
  expect(workspace.update('task', task.id, { dueAt: dueAt.toJSON() })).toBe(task);
  await twenty.settled();
  expect(target.arrivals).toHaveLength(1);
});

test('fields that are named as members of every object are fields', async () => {
  const { twenty } = await simulation({ format: 'envelope' });
  const { id } = twenty.workspace.create('rocket', { constructor: 'SpaceX', toString: 'x' });
  expect(twenty.workspace.update('rocket', id, { constructor: 'ESA' }).constructor).toBe('ESA');
  await twenty.settled();
  expect(twenty.attempts).toHaveLength(2);
});

test('a position is a number, or the first or the last place', async () => {
  const { twenty } = await simulation();
  const [one, last, first] = await Promise.all(
    [undefined, 'last', 'first'].map(async (position) => (await ask(twenty, 'POST', 'notes', { position })).json),
  ).then((answers) => answers.map(({ data }) => data.createNote.position));
  expect(last).toBeGreaterThan(0);
  expect(first).toBeLessThan(Math.min(one, last));
});
