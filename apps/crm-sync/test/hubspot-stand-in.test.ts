import { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubSpotStandIn, startHubSpotStandIn } from '../dev/hubspot-stand-in.ts';

let hubspot: HubSpotStandIn;
let crm: Client['crm'];
beforeAll(async () => {
  hubspot = await startHubSpotStandIn();
  ({ crm } = new Client({ accessToken: hubspot.token, basePath: hubspot.origin }));
});
afterAll(() => hubspot.close());

const create = (properties: Record<string, string>) => crm.objects.basicApi.create('contacts', { properties });
const upsert = (kind: string, id: string, properties: Record<string, string>, idProperty = 'twenty_id') =>
  crm.objects.batchApi.upsert(kind, { inputs: [{ idProperty, id, properties }] });

describe('through the real client', () => {
  it('a contact is created, found, changed and archived', async () => {
    const { id } = await create({ email: 'Ada@Example.com', firstname: 'Ada' });
    expect((await crm.objects.basicApi.getById('contacts', id, ['twenty_id'])).properties).toEqual({
      ...{ email: 'ada@example.com', firstname: 'Ada', twenty_id: null },
    });
    await crm.objects.basicApi.update('contacts', id, { properties: { firstname: '', lastname: 'L' } });
    expect(hubspot.contacts.get(id)?.properties).toEqual({ email: 'ada@example.com', lastname: 'L' });
    await crm.objects.basicApi.archive('contacts', id);
    await crm.objects.basicApi.archive('contacts', id);
    expect(hubspot.contacts.get(id)?.archived).toBe(true);
    await expect(crm.objects.basicApi.getById('contacts', id)).rejects.toMatchObject({ code: 404 });
    await expect(crm.objects.basicApi.update('contacts', id, { properties: {} })).rejects.toMatchObject({ code: 404 });
    // Its address is free again.
    await create({ email: 'ada@example.com' });
  });

  it('an upsert makes one and then finds it', async () => {
    const first = await upsert('companies', 't1', { name: 'One' });
    const second = await upsert('companies', 't1', { name: 'Two' });
    expect(first.results[0]).toMatchObject({ _new: true });
    expect(second.results[0]).toMatchObject({
      id: first.results[0]?.id,
      _new: false,
      properties: { name: 'Two', twenty_id: 't1' },
    });
    await expect(upsert('companies', 't1', {}, 'name')).rejects.toMatchObject({ code: 400 });
  });

  it('addresses are unique, property names known, tokens right', async () => {
    const { id } = await create({ email: 'one@example.com' });
    const conflict = {
      code: 409,
      body: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    };
    await expect(create({ email: 'ONE@example.com' })).rejects.toMatchObject(conflict);
    await expect(upsert('contacts', 't2', { email: 'one@example.com' })).rejects.toMatchObject(conflict);
    await expect(create({ colour: 'red' })).rejects.toMatchObject({
      code: 400,
      body: { category: 'VALIDATION_ERROR' },
    });
    const stranger = new Client({ accessToken: 'wrong', basePath: hubspot.origin });
    await expect(stranger.crm.objects.basicApi.getById('contacts', id)).rejects.toMatchObject({ code: 401 });
  });

  it('a contact has companies, until either is archived', async () => {
    const { id } = await create({ firstname: 'Ada' });
    const [one, two] = await Promise.all(
      ['a', 'b'].map(async (twentyId) => (await upsert('companies', twentyId, {})).results[0]?.id ?? ''),
    );
    const associations = crm.associations.v4.basicApi;
    for (const company of [one, two, two]) await associations.createDefault('contacts', id, 'companies', company ?? '');
    expect(hubspot.associationsOf(id)).toEqual([one, two].sort());
    await associations.archive('contacts', id, 'companies', one ?? '');
    expect(hubspot.associationsOf(id)).toEqual([two]);
    await crm.objects.basicApi.archive('companies', two ?? '');
    expect(hubspot.associationsOf(id)).toEqual([]);
    await expect(associations.createDefault('contacts', id, 'companies', two ?? '')).rejects.toMatchObject({
      code: 404,
    });
  });

  it('faults: 500, lost answers, no connection, 429', async () => {
    hubspot.setFaults({ failing: 1 });
    await expect(create({ firstname: 'failing' })).rejects.toMatchObject({ code: 500 });
    hubspot.setFaults({ lostAnswers: 1 });
    await expect(create({ firstname: 'lost' })).rejects.toThrow(TypeError);
    hubspot.setFaults({ down: true });
    await expect(create({ firstname: 'down' })).rejects.toThrow(TypeError);
    expect([...hubspot.contacts.values()].map(({ properties }) => properties.firstname)).toContain('lost');
    expect([...hubspot.contacts.values()].map(({ properties }) => properties.firstname)).not.toContain('down');
    hubspot.setFaults({ rateLimit: 0 });
    await expect(create({})).rejects.toMatchObject({
      ...{
        code: 429,
        body: { category: 'RATE_LIMITS', policyName: 'TEN_SECONDLY_ROLLING' },
        headers: { 'retry-after': '1' },
      },
    });
    hubspot.setFaults({});
  });

  it('a page lists the contacts, and names are no HTML', async () => {
    await create({ firstname: '<b>', email: 'page@example.com' });
    const page = await (await fetch(hubspot.origin)).text();
    expect(page).toContain('page@example.com');
    expect(page).not.toContain('<b>');
  });
});
