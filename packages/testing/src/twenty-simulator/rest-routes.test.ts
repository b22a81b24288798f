import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createManualClock } from './simulator-clock.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);
const ada = { name: { firstName: 'Ada', lastName: 'Lovelace' } };
const notFound = { statusCode: 404, error: 'NotFoundException', messages: ['Record not found'] };

describe('records', () => {
  test('create, read, update, delete, restore, destroy, with the envelopes of Twenty', async () => {
    const { twenty, target } = await simulation();
    const created = await ask(twenty, 'POST', 'people', ada);
    expect(created).toMatchObject({ status: 201, json: { data: { createPerson: ada } } });
    const { id } = created.json.data.createPerson;
    expect(created.json.data.createPerson).toEqual(twenty.workspace.get('person', id));

    expect(await ask(twenty, 'GET', `people/${id}`)).toEqual({
      status: 200,
      json: { data: { person: twenty.workspace.get('person', id) } },
    });
    const patched = await ask(twenty, 'PATCH', `people/${id}`, { jobTitle: 'Countess', name: { lastName: 'King' } });
    expect(patched).toMatchObject({
      status: 200,
      json: { data: { updatePerson: { jobTitle: 'Countess', name: { firstName: 'Ada', lastName: 'King' } } } },
    });
    expect(await ask(twenty, 'PUT', `people/${id}`, { jobTitle: 'Analyst' })).toMatchObject({
      status: 200,
      json: { data: { updatePerson: { jobTitle: 'Analyst' } } },
    });
    const deleted = await ask(twenty, 'DELETE', `people/${id}?soft_delete=true`);
    expect(deleted).toMatchObject({ status: 200, json: { data: { deletePerson: { id } }, softDelete: true } });
    expect(deleted.json.data.deletePerson.deletedAt).not.toBeNull();
    for (const [method, path, body] of [
      ['GET', `people/${id}`],
      ['PATCH', `people/${id}`, { jobTitle: 'x' }],
      ['DELETE', `people/${id}?soft_delete=true`],
    ] as const)
      expect(await ask(twenty, method, path, body)).toEqual({ status: 404, json: notFound });
    expect(await ask(twenty, 'PATCH', `people/${id}/restore`)).toMatchObject({
      status: 200,
      json: { data: { restorePerson: { id, deletedAt: null } } },
    });
    await ask(twenty, 'DELETE', `people/${id}?soft_delete=true`);
    expect(await ask(twenty, 'PATCH', `restore/people/${id}`)).toMatchObject({
      status: 200,
      json: { data: { restorePerson: { id } } },
    });
    expect(await ask(twenty, 'DELETE', `people/${id}`)).toEqual({
      status: 200,
      json: { data: { deletePerson: { id } } },
    });
    expect(await ask(twenty, 'GET', `people/${id}`)).toEqual({ status: 404, json: notFound });
    expect(twenty.workspace.list('person')).toEqual([]);
    await twenty.settled();
    expect(target.arrivals.map(({ json }) => json.eventName).sort()).toEqual([
      'person.created',
      'person.deleted',
      'person.deleted',
      'person.destroyed',
      'person.restored',
      'person.restored',
      'person.updated',
      'person.updated',
    ]);
  });

  test.each(['people', 'companies', 'opportunities', 'notes', 'tasks', 'rockets', 'taskTargets', 'noteTargets'])(
    '/rest/%s',
    async (plural) => {
      const { twenty } = await simulation();
      const { status, json } = await ask(twenty, 'POST', plural, {});
      expect(status).toBe(201);
      const [created] = Object.values<{ id: string }>(json.data);
      expect((await ask(twenty, 'GET', plural)).json.data[plural]).toEqual([created]);
    },
  );

  test('an id can be given once; upsert updates what is there', async () => {
    const { twenty, target } = await simulation({ operations: ['*.updated', '*.restored'] });
    const id = randomUUID();
    expect((await ask(twenty, 'POST', 'tasks', { id, title: 'One' })).json.data.createTask.id).toBe(id);
    const duplicate = { statusCode: 400, error: 'BadRequestException', messages: ['A duplicate entry was detected'] };
    expect(await ask(twenty, 'POST', 'tasks', { id, title: 'Two' })).toEqual({ status: 400, json: duplicate });
    twenty.workspace.delete('task', id);
    expect(await ask(twenty, 'POST', 'tasks', { id, title: 'Three' })).toEqual({ status: 400, json: duplicate });
    expect(twenty.workspace.get('task', id)?.title).toBe('One');
    expect(await ask(twenty, 'POST', 'tasks?upsert=true', { id, title: 'Four' })).toMatchObject({
      status: 201,
      json: { data: { createTask: { id, title: 'Four', deletedAt: null } } },
    });
    await twenty.settled();
    expect(target.arrivals.map(({ json }) => json.eventName).sort()).toEqual(['task.restored', 'task.updated']);
  });

  test('a batch is made, all or none', async () => {
    const { twenty } = await simulation();
    const made = await ask(twenty, 'POST', 'batch/people', [ada, {}]);
    expect(made).toMatchObject({ status: 201, json: { data: { createPeople: [ada, {}] } } });
    const id = randomUUID();
    for (const items of [
      [{}, { nonsense: 1 }],
      [{ id }, { id }],
      [{}, { id: made.json.data.createPeople[0].id }],
      Array(61).fill({}),
      {},
    ])
      expect((await ask(twenty, 'POST', 'batch/people', items)).status).toBe(400);
    expect(twenty.workspace.list('person')).toHaveLength(2);
  });
});

describe('refusals', () => {
  test.each([
    ['GET', 'nonsense', undefined, 400, /object 'nonsense' not found/],
    ['GET', 'person', undefined, 400, /Did you mean 'people'/],
    ['GET', 'people/42', undefined, 400, /not a valid UUID/],
    ['GET', 'people/a/b', undefined, 400, /invalid/],
    ['DELETE', 'people', undefined, 400, /invalid/],
    ['POST', 'people', '{"name":', 400, /JSON/],
    ['POST', 'people', '[]', 400, /object/],
    ['POST', 'people', { firstName: 'Ada' }, 400, /doesn't have any "firstName" field/],
    ['POST', 'people', { constructor: 1 }, 400, /doesn't have any "constructor" field/],
    ['POST', 'people', { name: 'Ada' }, 400, /object is expected/],
    ['POST', 'people', { id: 'ada' }, 400, /not a valid UUID/],
    ['POST', 'people', { companyId: 'acme' }, 400, /not a valid UUID/],
    ['POST', 'people', { companyId: randomUUID() }, 400, /foreign key/],
    ['PATCH', `people/${randomUUID()}`, {}, 404, /Record not found/],
    ['DELETE', `people/${randomUUID()}`, undefined, 404, /Record not found/],
    ['PATCH', `people/${randomUUID()}/restore`, undefined, 404, /Record not found/],
    ['GET', 'people?limit=many', undefined, 400, /limit 'many'/],
    ['GET', 'people?starting_after=nonsense', undefined, 400, /Invalid cursor/],
    ['GET', 'people?order_by=updatedAt[Down]', undefined, 400, /AscNullsFirst/],
    ['GET', 'people?order_by=nonsense', undefined, 400, /does not exist/],
  ] as const)('%s /rest/%s %j: %i', async (method, path, body, status, message) => {
    const { twenty, target } = await simulation();
    const answer = await ask(twenty, method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({
      statusCode: status,
      error: expect.any(String),
      messages: [expect.stringMatching(message)],
    });
    await twenty.settled();
    expect(target.arrivals).toEqual([]);
  });

  test('without the key, or with another one: 401', async () => {
    const { twenty } = await simulation({ apiKey: 'right' });
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'right' }]) {
      const response = await fetch(`${twenty.origin}/rest/people`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ statusCode: 401, messages: [expect.any(String)] });
    }
    expect((await ask(twenty, 'GET', 'people')).status).toBe(200);
  });

  test('more than the minute allows: 429, until the bucket fills again', async () => {
    const clock = createManualClock();
    const { twenty } = await simulation({ clock });
    const statuses = async (count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => ask(twenty, 'GET', 'people')));
      return answers.map(({ status }) => status).sort();
    };
    expect(await statuses(102)).toEqual([...Array(100).fill(200), 429, 429]);
    expect((await ask(twenty, 'GET', 'people')).json).toEqual({
      statusCode: 429,
      error: 'ThrottlerException',
      messages: ['Limit reached (100 tokens per 60000 ms)'],
    });
    await clock.advance(599);
    expect(await statuses(1)).toEqual([429]);
    await clock.advance(1);
    expect(await statuses(2)).toEqual([200, 429]);
    await clock.advance(600_000);
    expect(await statuses(101)).toEqual([...Array(100).fill(200), 429]);
    // Who may not come in takes nothing away.
    await clock.advance(600);
    await fetch(`${twenty.origin}/rest/people`);
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('webhooks', () => {
  test('are registered, read, changed and deleted; a secret is made, kept, or empty', async () => {
    const { twenty, target } = await simulation();
    const targetUrl = `${target.url}/2`;
    const { status, json: made } = await ask(twenty, 'POST', 'webhooks', { targetUrl, operations: ['person.*'] });
    expect({ status, made }).toMatchObject({
      status: 201,
      made: { targetUrl, operations: ['person.*'], description: null },
    });
    expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
    const kept = await ask(twenty, 'POST', 'webhooks', { targetUrl, operations: [], secret: '', description: 'x' });
    expect(kept.json).toMatchObject({ secret: '', description: 'x' });
    expect((await ask(twenty, 'GET', 'webhooks')).json.map(({ id }: { id: string }) => id)).toContain(made.id);
    expect((await ask(twenty, 'GET', `webhooks/${made.id}`)).json).toEqual(made);
    const patched = await ask(twenty, 'PATCH', `webhooks/${made.id}`, { secret: 'new' });
    expect(patched).toMatchObject({ status: 200, json: { ...made, secret: 'new', updatedAt: expect.any(String) } });
    expect(await ask(twenty, 'DELETE', `webhooks/${made.id}`)).toEqual({ status: 200, json: true });
    expect(await ask(twenty, 'GET', `webhooks/${made.id}`)).toEqual({ status: 200, json: null });
    expect((await ask(twenty, 'PATCH', `webhooks/${made.id}`, {})).status).toBe(404);
  });

  test('a change of a webhook is told, with its secret, but never its birth to itself', async () => {
    const { twenty, target } = await simulation();
    const { json: made } = await ask(twenty, 'POST', 'webhooks', { targetUrl: `${target.url}/2`, operations: ['*.*'] });
    await twenty.settled();
    expect(target.arrivals.map(({ path }) => path)).toEqual(['/webhooks/twenty']);
    const created = target.arrivals[0]?.json;
    expect(Object.keys(created)).toEqual([
      'targetUrl',
      'eventName',
      'workspaceId',
      'webhookId',
      'eventDate',
      'apiKeyId',
      'event',
    ]);
    expect(created.event).toEqual({
      metadataName: 'webhook',
      recordId: made.id,
      type: 'created',
      properties: { after: made },
    });
    const { json: patched } = await ask(twenty, 'PATCH', `webhooks/${made.id}`, { secret: 'new' });
    await ask(twenty, 'PATCH', `webhooks/${made.id}`, { secret: 'new' });
    await twenty.settled();
    expect(
      target.arrivals
        .map(({ path }) => path)
        .slice(1)
        .sort(),
    ).toEqual(['/webhooks/twenty', '/webhooks/twenty/2']);
    expect(target.arrivals[1]?.json.event).toEqual({
      metadataName: 'webhook',
      recordId: made.id,
      type: 'updated',
      properties: {
        updatedFields: ['secret'],
        diff: { secret: { before: made.secret, after: 'new' } },
        before: made,
        after: patched,
      },
    });
    await ask(twenty, 'DELETE', `webhooks/${made.id}`);
    await twenty.settled();
    expect(target.arrivals.slice(3).map(({ path, json }) => [path, json.event.properties])).toEqual([
      ['/webhooks/twenty', { before: patched }],
    ]);
  });

  test.each([
    [{ operations: ['*.*'] }, /targetUrl is required/],
    [{ targetUrl: 'somewhere' }, /must be a URL/],
    [{ targetUrl: 'http://localhost', operations: 'person.*' }, /operations/],
    [{ targetUrl: 'http://localhost', secret: 1 }, /secret/],
    [{ targetUrl: 'http://localhost', nonsense: 1 }, /nonsense/],
    [[], /object/],
  ])('%j is refused', async (body, message) => {
    const { twenty } = await simulation();
    const { status, json } = await ask(twenty, 'POST', 'webhooks', body);
    expect({ status, messages: json.messages }).toEqual({ status: 400, messages: [expect.stringMatching(message)] });
  });
});
