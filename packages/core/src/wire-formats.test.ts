import { describe, expect, test } from 'vitest';
import type { TwentyEvent } from './events.ts';
import { parseEvent } from './parse-event.ts';
import { envelopeBody, metadataBody, serverBody, toBytes, vector } from './testdata/deliveries.ts';

const parse = (body: object): Promise<TwentyEvent> => parseEvent(toBytes(JSON.stringify(body)));
/** The members of an event, its id left out. */
const members = async (body: object): Promise<Record<string, unknown>> => ({ ...(await parse(body)) });

describe('server format, record', () => {
  const record = { id: 'record-1', updatedAt: '2026-11-23T15:35:03.387Z', jobTitle: 'Countess' };

  test('gives all members', async () => {
    const body = serverBody('person.created', { userId: 'user-1', workspaceMemberId: 'member-1' });
    expect(await members(body)).toEqual({
      kind: 'record',
      event: 'person.created',
      action: 'created',
      timestamp: '2026-11-23T15:35:03.400Z',
      workspaceId: 'workspace-1',
      webhookId: 'webhook-1',
      actor: { userId: 'user-1', workspaceMemberId: 'member-1' },
      data: { object: 'person', id: 'record-1', attributes: record, previousAttributes: null, updatedFields: [] },
      format: 'server',
      raw: body,
    });
  });

  test.each(['created', 'updated', 'restored', 'upserted', 'create', 'update'])(
    '%s: the record is `attributes`',
    async (action) => {
      expect(await parse(serverBody(`person.${action}`))).toMatchObject({
        action,
        data: { attributes: record, previousAttributes: null },
      });
    },
  );

  test.each(['deleted', 'destroyed', 'delete', 'destroy'])('%s: the record is `previousAttributes`', async (action) => {
    expect(await parse(serverBody(`person.${action}`))).toMatchObject({
      action,
      data: { attributes: null, previousAttributes: record },
    });
  });

  test('it is the name that tells, not deletedAt', async () => {
    const deleted = { ...record, deletedAt: '2026-11-23T15:35:03.387Z' };
    expect(await parse(serverBody('person.updated', { record: deleted }))).toMatchObject({
      data: { attributes: deleted },
    });
    expect(await parse(serverBody('person.deleted', { record: { ...record, deletedAt: null } }))).toMatchObject({
      data: { attributes: null },
    });
  });

  test('updatedFields are as sent', async () => {
    const updatedFields = ['jobTitle', 'company', 'companyId'];
    expect(await parse(serverBody('person.updated', { updatedFields }))).toMatchObject({ data: { updatedFields } });
    expect(await parse(serverBody('person.updated'))).toMatchObject({ data: { updatedFields: [] } });
  });

  test.each(['deleted', 'restored'])('newer servers send updatedFields on %s too', async (action) => {
    const updatedFields = ['deletedAt'];
    expect(await parse(serverBody(`person.${action}`, { updatedFields }))).toMatchObject({ data: { updatedFields } });
  });

  test.each([null, 'jobTitle', 5, { 0: 'a' }])('updatedFields that are %j are none', async (updatedFields) => {
    expect(await parse(serverBody('person.updated', { updatedFields }))).toMatchObject({ data: { updatedFields: [] } });
  });

  test('updatedFields hold texts only', async () => {
    const updatedFields = ['a', 5, null, ['b'], { c: 1 }, 'd'];
    expect(await parse(serverBody('person.updated', { updatedFields }))).toMatchObject({
      data: { updatedFields: ['a', 'd'] },
    });
  });

  test('names are split at the last dot', async () => {
    expect(await parse(serverBody('a.b.created'))).toMatchObject({
      kind: 'record',
      action: 'created',
      data: { object: 'a.b' },
    });
  });

  test('a custom object is a record like others', async () => {
    expect(await parse(serverBody('rocket.launched'))).toMatchObject({
      kind: 'record',
      action: 'launched',
      data: { object: 'rocket' },
    });
  });

  test('the object is named by the event, not by objectMetadata', async () => {
    expect(await parse(serverBody('company.created'))).toMatchObject({ data: { object: 'company' } });
    expect(await parse(serverBody('person.created', { objectMetadata: null }))).toMatchObject({ kind: 'record' });
  });

  test('the actor has what was sent, and only texts', async () => {
    expect(await parse(serverBody('person.created'))).toMatchObject({ actor: {} });
    expect(
      (await parse(serverBody('person.created', { userId: 5, workspaceMemberId: null, apiKeyId: 'key-1' }))).actor,
    ).toEqual({ apiKeyId: 'key-1' });
  });

  test('missing members are empty', async () => {
    expect(await parse({ eventName: 'person.created', record: { id: 'r' } })).toMatchObject({
      kind: 'record',
      timestamp: '',
      workspaceId: '',
      webhookId: undefined,
      actor: {},
    });
    const odd = { eventDate: 5, workspaceId: null, webhookId: 7 };
    expect(await parse(serverBody('person.created', odd))).toMatchObject({
      timestamp: '',
      workspaceId: '',
      webhookId: undefined,
    });
  });

  test.each([undefined, null, [], 'text', 5, {}, { id: 5 }, { id: null }, [{ id: 'x' }]])(
    'a record that is %j makes it unknown',
    async (bad) => {
      const event = await parse(serverBody('person.created', { record: bad }));
      expect(event).toMatchObject({
        kind: 'unknown',
        event: 'person.created',
        format: 'server',
        workspaceId: 'workspace-1',
      });
    },
  );

  test.each(['ping', '.created', 'Person', ' ', '.'])('the name %j makes it unknown', async (name) => {
    expect(await parse(serverBody(name))).toMatchObject({ kind: 'unknown', event: name });
  });

  test('the real bodies', async () => {
    const { body: updated } = vector('server/person.updated');
    expect(await parseEvent(updated)).toMatchObject({
      data: {
        object: 'person',
        attributes: { name: { firstName: 'Ada', lastName: 'Lovelace' }, companyId: null },
        previousAttributes: null,
        updatedFields: ['jobTitle', 'company', 'companyId'],
      },
    });
    expect(await parseEvent(vector('server/company.created-by-api').body)).toMatchObject({
      actor: {},
      data: { object: 'company' },
    });
    expect(await parseEvent(vector('server/person.destroyed').body)).toMatchObject({
      data: { attributes: null, previousAttributes: { jobTitle: 'Analyst' } },
    });
  });
});

describe('envelope format, record', () => {
  test('gives all members', async () => {
    const previousAttributes = { lastName: 'Smith', phone: null };
    const body = envelopeBody(
      'person.updated',
      { attributes: { firstName: 'Jane' }, previousAttributes },
      { webhookId: 'webhook-1', userId: 'user-1' },
    );
    expect(await members(body)).toEqual({
      kind: 'record',
      event: 'person.updated',
      action: 'updated',
      timestamp: '2024-01-01T12:00:00Z',
      workspaceId: 'workspace-1',
      webhookId: 'webhook-1',
      actor: { userId: 'user-1' },
      data: {
        object: 'person',
        id: 'record-1',
        attributes: { firstName: 'Jane' },
        previousAttributes,
        updatedFields: ['lastName', 'phone'],
      },
      format: 'envelope',
      raw: body,
    });
  });

  test('created: nothing was before', async () => {
    expect(await parse(envelopeBody('person.created'))).toMatchObject({
      data: { attributes: { firstName: 'Jane' }, previousAttributes: null, updatedFields: [] },
    });
    const { data } = envelopeBody('person.created') as { data: Record<string, unknown> };
    const { previousAttributes, ...rest } = data;
    expect(await parse(envelopeBody('person.created', {}, { data: rest }))).toMatchObject({
      kind: 'record',
      data: { previousAttributes: null },
    });
  });

  test.each(['deleted', 'destroyed', 'delete', 'destroy'])('%s: what there was is the previous', async (action) => {
    const gone = { firstName: 'Jane', deletedAt: '2024-01-01T14:00:00Z' };
    const asInTheGuide = envelopeBody(`person.${action}`, { attributes: null, previousAttributes: gone });
    expect(await parse(asInTheGuide)).toMatchObject({
      data: { attributes: null, previousAttributes: gone, updatedFields: [] },
    });
    const inAttributes = envelopeBody(`person.${action}`, { attributes: gone, previousAttributes: null });
    expect(await parse(inAttributes)).toMatchObject({ data: { attributes: null, previousAttributes: gone } });
  });

  test('deleted with nothing at all has nothing', async () => {
    const body = envelopeBody('person.deleted', { attributes: null, previousAttributes: null });
    expect(await parse(body)).toMatchObject({ kind: 'record', data: { attributes: null, previousAttributes: null } });
  });

  test('updated without old values does not know what changed', async () => {
    expect(await parse(envelopeBody('person.updated'))).toMatchObject({
      data: { previousAttributes: null, updatedFields: [] },
    });
  });

  test('the event name decides, not data.object', async () => {
    expect(await parse(envelopeBody('person.created', { object: 'company' }))).toMatchObject({
      event: 'person.created',
      data: { object: 'person' },
    });
    expect(await parse(envelopeBody('customObject.created', { object: undefined }))).toMatchObject({
      data: { object: 'customObject' },
    });
  });

  test.each([
    undefined,
    null,
    [],
    'text',
    5,
    {},
    { id: 5 },
    { id: 'x', attributes: 'text' },
    { id: 'x', attributes: {}, previousAttributes: [] },
  ])('data that is %j makes it unknown', async (data) => {
    const event = await parse({ ...envelopeBody('person.created'), data });
    expect(event).toMatchObject({ kind: 'unknown', event: 'person.created', format: 'envelope', id: 'event-1' });
  });

  test('missing members are empty', async () => {
    const event = await parse({ event: 'person.created', data: { id: 'r' } });
    expect(event).toMatchObject({
      kind: 'record',
      timestamp: '',
      workspaceId: '',
      webhookId: undefined,
      data: { attributes: null },
    });
  });
});

describe('one event', () => {
  test('both formats agree on what they both have', async () => {
    const attributes = { id: 'record-1', jobTitle: 'Countess' };
    const server = await members(serverBody('person.created', { record: attributes }));
    const envelope = await members(
      envelopeBody('person.created', { attributes }, { timestamp: '2026-11-23T15:35:03.400Z', webhookId: 'webhook-1' }),
    );
    const { raw: _, format: __, ...rest } = server;
    expect(envelope).toMatchObject(rest);
  });

  test('a body in both formats is one of a server', async () => {
    const both = { ...envelopeBody('company.deleted'), ...serverBody('person.created') };
    expect(await parse(both)).toMatchObject({ format: 'server', event: 'person.created', data: { object: 'person' } });
    expect((await parse(both)).id).toMatch(/^evt_/);
  });
});

describe('metadata', () => {
  const before = { id: 'view-1', name: 'All' };
  const after = { id: 'view-1', name: 'Mine' };
  const diff = { name: { before: 'All', after: 'Mine' } };

  test('server format gives all members', async () => {
    const properties = { updatedFields: ['name'], diff, before, after };
    const body = metadataBody('metadata.view.updated', { properties }, { userId: 'user-1', apiKeyId: 'key-1' });
    expect(await members(body)).toEqual({
      kind: 'metadata',
      event: 'metadata.view.updated',
      action: 'updated',
      timestamp: '2026-11-23T15:35:03.400Z',
      workspaceId: 'workspace-1',
      webhookId: 'webhook-1',
      actor: { userId: 'user-1', apiKeyId: 'key-1' },
      data: { metadataName: 'view', id: 'view-1', type: 'updated', updatedFields: ['name'], diff, before, after },
      format: 'server',
      raw: body,
    });
  });

  test('created has `after` only, deleted `before` only', async () => {
    const created = await parse(metadataBody('metadata.view.created', { properties: { after } }));
    expect(created).toMatchObject({ action: 'created', data: { before: null, after, diff: null, updatedFields: [] } });
    const deleted = await parse(metadataBody('metadata.view.deleted', { properties: { before } }));
    expect(deleted).toMatchObject({ action: 'deleted', data: { before, after: null, diff: null } });
  });

  test('what is missing comes from the name, or is empty', async () => {
    const event = await parse({ eventName: 'metadata.fieldMetadata.created', event: {} });
    expect(event).toMatchObject({
      kind: 'metadata',
      data: { metadataName: 'fieldMetadata', id: '', type: 'created', before: null, after: null },
    });
    const odd = await parse(
      metadataBody('metadata.view.updated', {
        metadataName: 5,
        recordId: null,
        type: [],
        properties: { before: 'x', after: [], diff: 5, updatedFields: 'name' },
      }),
    );
    expect(odd).toMatchObject({
      data: { metadataName: 'view', id: '', type: 'updated', before: null, after: null, diff: null, updatedFields: [] },
    });
  });

  test.each([undefined, null, 'text', [], 5])('without its `event` (%j) it is unknown', async (event) => {
    expect(await parse({ ...metadataBody('metadata.view.created'), event })).toMatchObject({
      kind: 'unknown',
      event: 'metadata.view.created',
    });
  });

  test.each(['metadata.view', 'metadata.created', 'metadata.a.b.created', 'metadata..created', 'metadata.view.'])(
    'the name %s is unknown',
    async (name) => {
      expect(await parse({ ...metadataBody('metadata.view.created'), eventName: name })).toMatchObject({
        kind: 'unknown',
      });
    },
  );

  test('envelope format, with the members of a server', async () => {
    const data = {
      metadataName: 'view',
      recordId: 'view-1',
      type: 'updated',
      properties: { updatedFields: ['name'], diff, before, after },
    };
    expect(
      await parse({ id: 'event-1', event: 'metadata.view.updated', timestamp: 't', workspaceId: 'w', data }),
    ).toMatchObject({
      kind: 'metadata',
      id: 'event-1',
      action: 'updated',
      format: 'envelope',
      timestamp: 't',
      data: { metadataName: 'view', id: 'view-1', type: 'updated', updatedFields: ['name'], diff, before, after },
    });
  });

  test("envelope format, with the guide's names", async () => {
    const event = await parse(
      envelopeBody('metadata.view.updated', { id: 'view-1', attributes: after, previousAttributes: before }),
    );
    expect(event).toMatchObject({
      kind: 'metadata',
      data: { metadataName: 'view', id: 'view-1', type: 'updated', before, after },
    });
  });
});
