import { parseEvent } from '@twenty-webhooks/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { goldenVectors } from '../golden-vectors.ts';
import { createManualClock } from './simulator-clock.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

const goldenBody = (name: string) => {
  const vector = goldenVectors().find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error(`There is no vector ${name}.`);
  return JSON.parse(Buffer.from(vector.body).toString());
};
const ada = { name: { firstName: 'Ada', lastName: 'Lovelace' }, emails: { primaryEmail: 'ada@example.com' } };

describe('the server format', () => {
  test.each([
    ['person', 'created'],
    ['person', 'updated'],
    ['person', 'deleted'],
    ['person', 'restored'],
    ['person', 'destroyed'],
    ['company', 'created'],
    ['opportunity', 'updated'],
    ['note', 'created'],
    ['task', 'deleted'],
  ])('%s.%s has the members of the golden vector, in its order', async (object, action) => {
    const { twenty, target } = await simulation({ operations: [`${object}.${action}`] });
    const { workspace } = twenty;
    const { id } = workspace.create(object);
    if (action === 'updated') workspace.update(object, id, { name: object === 'person' ? ada.name : 'Engine order' });
    if (action === 'deleted' || action === 'restored') workspace.delete(object, id);
    if (action === 'restored') workspace.restore(object, id);
    if (action === 'destroyed') workspace.destroy(object, id);
    await twenty.settled();
    expect(target.arrivals).toHaveLength(1);
    const { body, json } = target.arrivals[0] ?? expect.fail();
    const name = object === 'company' ? 'company.created-by-api' : `${object}.${action}`;
    const { avatarFile: _, ...record } = goldenBody(`server/${name}`).record;
    const members = Object.keys(goldenBody(`server/${name}`));
    // That vector is of an API key.
    if (object === 'company') members.splice(members.indexOf('record'), 0, 'userId', 'workspaceMemberId');
    expect(Object.keys(json)).toEqual(members);
    expect(Object.keys(json.objectMetadata)).toEqual(['id', 'nameSingular']);
    expect(Object.keys(json.record)).toEqual(Object.keys(record));
    // Composites too.
    for (const [field, value] of Object.entries(record)) {
      if (typeof value !== 'object' || value === null) continue;
      expect([field, Object.keys(json.record[field])]).toEqual([field, Object.keys(value)]);
    }
    expect(body.toString()).toBe(JSON.stringify(json));
    expect(json).toMatchObject({
      targetUrl: target.url,
      eventName: `${object}.${action}`,
      objectMetadata: { nameSingular: object },
      workspaceId: twenty.workspaceId,
    });
  });

  test('the record is the state after the change, before it if it was destroyed', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1));
    const { twenty, target } = await simulation({ clock });
    const { workspace } = twenty;
    const { id } = workspace.create('person', ada);
    for (const action of ['delete', 'restore', 'delete', 'destroy'] as const) {
      await clock.advance(1_000);
      workspace[action]('person', id);
    }
    await twenty.settled();
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const byTime = target.arrivals.map(({ json }) => json).sort((a, b) => a.eventDate.localeCompare(b.eventDate));
    expect(
      byTime.map(({ eventName, updatedFields, record }) => [
        eventName,
        updatedFields,
        record.updatedAt,
        record.deletedAt,
      ]),
    ).toEqual([
      ['person.created', undefined, at(0), null],
      ['person.deleted', ['deletedAt'], at(1), at(1)],
      ['person.restored', ['deletedAt'], at(2), null],
      ['person.deleted', ['deletedAt'], at(3), at(3)],
      ['person.destroyed', undefined, at(3), at(3)],
    ]);
  });

  test('updatedFields: composites once, relations under both names, never updatedAt nor searchVector', async () => {
    const { twenty, target } = await simulation({ operations: ['*.updated'] });
    const { workspace } = twenty;
    const company = workspace.create('company', { name: 'Engines' });
    const { id } = workspace.create('person', ada);
    const changes = [
      { name: { firstName: 'Augusta Ada' } },
      { companyId: company.id },
      { companyId: null, jobTitle: 'Countess' },
      { position: 0.5 },
    ];
    for (const fields of changes) {
      workspace.update('person', id, fields);
      await twenty.settled();
    }
    expect(target.arrivals.map(({ json }) => json.updatedFields)).toEqual([
      ['name'],
      ['company', 'companyId'],
      ['jobTitle', 'company', 'companyId'],
      ['position'],
    ]);
    expect(target.arrivals[1]?.json.record).toMatchObject({
      name: { firstName: 'Augusta Ada', lastName: 'Lovelace' },
      emails: { primaryEmail: 'ada@example.com', additionalEmails: null },
      companyId: company.id,
    });
    expect(target.arrivals[1]?.json.record).not.toHaveProperty('company');
  });

  test('what changes nothing sends nothing', async () => {
    const { twenty, target } = await simulation({ operations: ['*.updated', '*.restored'] });
    const { id, updatedAt } = twenty.workspace.create('person', ada);
    expect(twenty.workspace.update('person', id, ada).updatedAt).toBe(updatedAt);
    twenty.workspace.update('person', id, {});
    twenty.workspace.restore('person', id);
    await twenty.settled();
    expect(target.arrivals).toEqual([]);
  });

  test('a change by API key has no user, and says so in the record', async () => {
    const { twenty, target } = await simulation();
    const { json } = await ask(twenty, 'POST', 'people', ada);
    twenty.workspace.update('person', json.data.createPerson.id, { jobTitle: 'Countess' });
    await twenty.settled();
    const [created, updated] = ['person.created', 'person.updated'].map(
      (name) => target.arrivals.find((arrival) => arrival.json.eventName === name)?.json,
    );
    expect(Object.keys(created)).not.toContain('userId');
    expect(Object.keys(created)).not.toContain('workspaceMemberId');
    expect(created.record).toMatchObject({ createdBy: { source: 'API', workspaceMemberId: null } });
    expect(updated).toMatchObject({ userId: expect.any(String), workspaceMemberId: expect.any(String) });
    expect(updated.record).toMatchObject({ createdBy: { source: 'API' }, updatedBy: { source: 'MANUAL' } });
    expect(updated.updatedFields).toEqual(['updatedBy', 'jobTitle']);
  });

  test('destroying a record makes references to it null, without events', async () => {
    const { twenty, target } = await simulation({ operations: ['person.*'] });
    const { workspace } = twenty;
    const company = workspace.create('company');
    const person = workspace.create('person', { companyId: company.id });
    workspace.destroy('company', company.id);
    await twenty.settled();
    expect(workspace.get('person', person.id)).toEqual({ ...person, companyId: null });
    expect(target.arrivals.map(({ json }) => json.eventName)).toEqual(['person.created']);
  });
});

test('a record that was handed out is the state at that time, and nobody can change it', async () => {
  const { twenty } = await simulation();
  const { workspace } = twenty;
  const additionalEmails = ['ada@lovelace.org'];
  const person = workspace.create('person', { ...ada, emails: { additionalEmails } });
  additionalEmails.push('other@example.com');
  expect(workspace.get('person', person.id)).toMatchObject({ emails: { additionalEmails: ['ada@lovelace.org'] } });
  workspace.update('person', person.id, { name: { firstName: 'Augusta' } });
  expect(person.name).toEqual(ada.name);
  expect(() => Object.assign(person.name as object, { firstName: 'Eve' })).toThrow(TypeError);
});

describe('the envelope format', () => {
  test('is the guide’s: flat attributes, old values of what changed', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1));
    const { twenty, target } = await simulation({ format: 'envelope', clock });
    const { workspace } = twenty;
    const phones = { primaryPhoneNumber: '2012345678', primaryPhoneCallingCode: '+1' };
    const { id } = workspace.create('person', { ...ada, phones });
    await twenty.settled();
    workspace.update('person', id, {
      name: { lastName: 'King' },
      phones: { primaryPhoneNumber: '', primaryPhoneCallingCode: '' },
    });
    await twenty.settled();
    workspace.delete('person', id);
    await twenty.settled();
    const [created, updated, deleted] = target.arrivals.map(({ json }) => json);
    expect(Object.keys(created)).toEqual(['id', 'event', 'timestamp', 'workspaceId', 'data']);
    expect(Object.keys(created.data)).toEqual(['object', 'id', 'attributes', 'previousAttributes']);
    expect(created).toMatchObject({
      event: 'person.created',
      workspaceId: twenty.workspaceId,
      data: { object: 'person', id },
    });
    const flat = {
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ada@example.com',
      phone: '+12012345678',
      companyId: null,
    };
    expect(created.data.attributes).toMatchObject({ ...flat, createdAt: '2026-01-01T00:00:00.000Z' });
    expect(created.data.previousAttributes).toBeNull();
    expect(updated.data.attributes).toMatchObject({ ...flat, lastName: 'King', phone: null });
    expect(updated.data.previousAttributes).toEqual({ lastName: 'Lovelace', phone: '+12012345678' });
    expect(deleted.data.attributes).toBeNull();
    expect(deleted.data.previousAttributes).toMatchObject({ lastName: 'King', deletedAt: '2026-01-01T00:00:00.000Z' });
    expect(new Set(target.arrivals.map(({ json }) => json.id)).size).toBe(3);
  });

  test('every object is flat', async () => {
    const { twenty, target } = await simulation({ format: 'envelope' });
    const { workspace } = twenty;
    const url = (primaryLinkUrl: string) => ({ primaryLinkUrl });
    const address = { addressStreet1: '12 St James Sq', addressCity: 'London' };
    const annualRevenue = { amountMicros: 1_500_000, currencyCode: 'EUR' };
    workspace.create('company', {
      name: 'Engines',
      domainName: url('https://engines.example'),
      address,
      annualRevenue,
    });
    workspace.create('opportunity', { amount: { amountMicros: '500000000', currencyCode: 'USD' } });
    workspace.create('note', { bodyV2: { markdown: 'Hello' } });
    workspace.create('rocket', { engines: 5, telemetry: { stages: 3 } });
    await twenty.settled();
    const attributes = Object.fromEntries(target.arrivals.map(({ json }) => [json.data.object, json.data.attributes]));
    expect(attributes).toMatchObject({
      company: {
        name: 'Engines',
        domainName: 'engines.example',
        address: '12 St James Sq, London',
        annualRevenue: 1.5,
      },
      opportunity: { amount: 500, stage: 'NEW' },
      note: { body: 'Hello' },
      rocket: { engines: 5, telemetry: { stages: 3 } },
    });
  });
});

test.each(['server', 'envelope'] as const)('core reads every %s body that can come', async (format) => {
  const { twenty, target } = await simulation({ format });
  const objects = ['person', 'company', 'opportunity', 'note', 'task', 'taskTarget', 'noteTarget', 'rocket'];
  for (const object of objects) {
    const { id } = twenty.workspace.create(object);
    twenty.workspace.update(object, id, { position: 0.5 });
    for (const action of ['delete', 'restore', 'destroy'] as const) twenty.workspace[action](object, id);
  }
  await ask(twenty, 'POST', 'webhooks', { targetUrl: target.url, operations: [] });
  await twenty.settled();
  const events = await Promise.all(target.arrivals.map(({ body }) => parseEvent(body)));
  expect(events).toHaveLength(objects.length * 5 + 1);
  expect(events.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});
