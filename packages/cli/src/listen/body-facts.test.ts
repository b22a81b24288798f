import { sampleEvent } from '@twenty-webhooks/testing';
import { expect, test } from 'vitest';
import { readFacts } from './body-facts.ts';

const read = (body: unknown) => readFacts(new TextEncoder().encode(JSON.stringify(body)));

const server = (record: object) => ({ eventName: 'person.created', record: { id: 'r1', ...record } });

test.each([
  [{ name: { firstName: 'Ada', lastName: 'Lovelace' } }, 'Ada Lovelace'],
  [{ name: { firstName: null, lastName: 'Lovelace' } }, 'Lovelace'],
  [{ firstName: 'Ada', lastName: 'Lovelace' }, 'Ada Lovelace'],
  [{ name: 'Acme' }, 'Acme'],
  [{ name: '', title: 'Call back' }, 'Call back'],
  [{ title: 'Call back' }, 'Call back'],
  [{ name: { firstName: { toString: 1 }, lastName: ['x'] } }, undefined],
  [{ name: 7 }, undefined],
  [{ name: null }, undefined],
  [{}, undefined],
])('a record with %j is called %j', async (record, name) => {
  expect((await read(server(record))).recordName).toBe(name);
});

test('both formats and metadata are read', async () => {
  expect(await read(sampleEvent('company.updated'))).toMatchObject({
    event: 'company.updated',
    format: 'server',
    object: 'company',
    recordId: expect.any(String),
    record: { name: expect.any(String) },
  });
  expect(await read(sampleEvent('company.updated', { format: 'envelope' }))).toMatchObject({
    format: 'envelope',
    object: 'company',
    eventId: expect.not.stringMatching(/^evt_/),
  });
  expect(await read(sampleEvent('metadata.view.deleted'))).toMatchObject({
    object: 'metadata.view',
    recordId: expect.any(String),
    record: expect.any(Object),
  });
});

test('the record is what it is now; what it was, only where there is no more', async () => {
  const body = (attributes: object | null) => ({
    id: 'e1',
    event: 'company.updated',
    data: { id: 'c1', attributes, previousAttributes: { name: 'Old' } },
  });
  expect((await read(body({ name: 'New' }))).recordName).toBe('New');
  expect((await read(body(null))).recordName).toBe('Old');
});

test.each(['null', '[]', '{}', '{', '', '"x"'])('%j is no event, and that is all', async (text) => {
  expect(await readFacts(new TextEncoder().encode(text))).toMatchObject({ event: undefined, record: undefined });
});

test('nothing in the list is longer than it can be shown', async () => {
  const long = 'x'.repeat(10_000);
  const facts = await read({ eventName: `a.${long}`, record: { id: long, name: long } });
  const { event, recordId, recordName, record } = facts;
  expect([event, recordId, recordName].map((text) => text?.length)).toEqual([200, 200, 200]);
  expect(record).toHaveProperty('name', long);
});
