import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { eventOf, person, startApp } from './start-app.ts';

// PGlite takes seconds of a processor to start, on a busy machine many of them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });

let app: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(() => {
  app.beforeHubspot.intercept = undefined;
  app.beforeTwenty.intercept = undefined;
});

const live = (): number => [...app.hubspot.contacts.values()].filter(({ archived }) => !archived).length;
async function pass(query = ''): Promise<{ readonly delivered: number; readonly lastError: string }> {
  await app.reconcile(query);
  return (await app.rest()).reconcile;
}

it('what was refused, whatever the reason, is repaired by the next pass', async () => {
  const { dead } = (await app.rest()).jobs;
  const record = app.twenty.workspace.create('person', person('Zoë', 'refused@example.com'));
  app.beforeHubspot.intercept = () => ({ status: 401 });
  await app.handle(eventOf('person.created', record.id, record));
  expect((await app.rest()).jobs.dead).toBe(dead + 1);
  app.beforeHubspot.intercept = undefined;
  hideChangesOf(record.id);
  expect(await pass()).toMatchObject({ delivered: 1, lastError: '' });
  expect(app.contactsOf(record.id)).toHaveLength(1);
});

/** Have the app read as if this record had not changed lately. */
function hideChangesOf(id: string): void {
  const headers = { authorization: `Bearer ${app.twenty.apiKey}` };
  app.beforeTwenty.intercept = async ({ url }) => {
    if (!url.includes('updatedAt[gte]')) return undefined;
    const response = await fetch(app.twenty.origin + encodeURI(url), { headers });
    const page = (await response.json()) as { data: { people?: { id: string }[] } };
    if (page.data.people) page.data.people = page.data.people.filter((one) => one.id !== id);
    return { status: 200, body: page };
  };
}

it('a key that sees nothing archives nothing, unless it is meant so', async () => {
  for (let made = 0; made < 15; made++) app.twenty.workspace.create('person', person('Zoë', `p${made}@example.com`));
  await pass();
  const before = live();
  app.beforeTwenty.intercept = ({ url }) => {
    const [, plural = ''] = /rest\/(\w+)/.exec(url) ?? [];
    return { status: 200, body: { data: { [plural]: [] }, totalCount: 0, pageInfo: { hasNextPage: false } } };
  };
  expect(await pass()).toMatchObject({ delivered: 0, lastError: expect.stringContaining('POST /reconcile?force') });
  expect(live()).toBe(before);
  expect(await pass('?force')).toMatchObject({ delivered: before, lastError: '' });
  expect(live()).toBe(0);
  app.beforeTwenty.intercept = undefined;
  await pass();
  expect(live()).toBe(before);
});

it('what Twenty does not show any more is archived, and comes back with it', async () => {
  const record = { id: randomUUID(), ...person('Zoë', 'unseen@example.com') };
  await app.handle(eventOf('person.created', record.id, record));
  await pass();
  expect(app.contactsOf(record.id)).toHaveLength(0);
  app.twenty.workspace.create('person', record);
  await pass();
  expect(app.contactsOf(record.id)).toHaveLength(1);
});

it('what Twenty shows as deleted is archived, however much it is', async () => {
  const before = live();
  const records = app.twenty.workspace.list('person').filter(({ deletedAt }) => deletedAt === null);
  for (const { id } of records.slice(0, 12)) app.twenty.workspace.delete('person', id);
  expect(await pass()).toMatchObject({ delivered: 12, lastError: '' });
  expect(live()).toBe(before - 12);
});

it.each([
  ['another status', { status: 500 }, 'Twenty answered 500 when asked for people'],
  ['no records', { status: 200, body: {} }, 'Twenty answered no people'],
  ['null', { status: 200, body: { data: { people: null }, pageInfo: { hasNextPage: false } } }, 'Twenty answered no p'],
  ['half', { status: 200, body: { data: { people: [] }, pageInfo: { hasNextPage: true } } }, 'Twenty answered no p'],
])('%s is not taken for records that are gone', async (_, answer, error) => {
  const before = live();
  app.beforeTwenty.intercept = ({ url }) => (url.startsWith('/rest/people') ? answer : undefined);
  expect(await pass()).toMatchObject({ delivered: 0, lastError: expect.stringContaining(error) });
  expect(live()).toBe(before);
});
