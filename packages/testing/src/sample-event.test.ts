import { parseEvent, type TwentyEvent } from '@twenty-webhooks/core';
import { describe, expect, test } from 'vitest';
import { goldenVectors } from './golden-vectors.ts';
import { documentedEvents, sampleEvent } from './sample-event.ts';

const formats = ['server', 'envelope'] as const;
const parse = (body: object): Promise<TwentyEvent> => parseEvent(new TextEncoder().encode(JSON.stringify(body)));

describe.each(formats)('in the %s format', (format) => {
  test.each([
    ...documentedEvents,
    'rocket.created',
    'customObject.updated',
    'rocket.destroyed',
    'metadata.role.updated',
  ])('%s is an event as core reads it', async (name) => {
    const event = await parse(sampleEvent(name, { format }));
    expect(event).toMatchObject({ event: name, format });
    expect(event.timestamp).toMatch(/^\d{4}-/);
    expect(event.workspaceId).not.toBe('');
    const action = name.slice(name.lastIndexOf('.') + 1);
    if (name.startsWith('metadata.')) {
      expect(event).toMatchObject({
        kind: 'metadata',
        action,
        data: { metadataName: name.split('.')[1], type: action },
      });
    } else {
      const isRemoved = action === 'deleted' || action === 'destroyed';
      expect(event).toMatchObject({ kind: 'record', action, data: { object: name.split('.')[0] } });
      if (event.kind !== 'record') throw new Error(event.kind);
      expect(event.data.attributes === null).toBe(isRemoved);
      expect(isRemoved && event.data.previousAttributes === null).toBe(false);
      if (action === 'updated') expect(event.data.updatedFields).toHaveLength(1);
      // What an update names is in the record.
      if (action === 'updated') expect(Object.keys(event.data.attributes ?? {})).toContain(event.data.updatedFields[0]);
    }
  });

  test.each(documentedEvents.filter((name) => !name.startsWith('metadata.')))(
    '%s is fresh every time',
    async (name) => {
      const [one, two] = [await parse(sampleEvent(name, { format })), await parse(sampleEvent(name, { format }))];
      expect(one.id).not.toBe(two.id);
      expect(Math.abs(Date.parse(one.timestamp) - Date.now())).toBeLessThan(10_000);
    },
  );

  test.each(documentedEvents)('%s has text beyond ASCII, which careless code breaks', (name) => {
    expect(JSON.stringify(sampleEvent(name, { format }))).toMatch(/[^\0-\x7f]/);
  });
});

test.each(
  ['person', 'company', 'opportunity', 'note', 'task'].flatMap((object) => [`${object}.created`, `${object}.updated`]),
)('%s has no member that a server would not send, and the same order', (name) => {
  const sample = sampleEvent(name);
  const vector = goldenVectors().find(
    (one) => one.format === 'server' && one.event === name && one.name.startsWith('server/'),
  );
  if (vector === undefined) return;
  const real = JSON.parse(new TextDecoder().decode(vector.body));
  expect(inOrder(Object.keys(sample), Object.keys(real))).toEqual(inOrder(Object.keys(real), Object.keys(sample)));
  const record = Object.keys(sample.record as object);
  expect(record).toEqual(inOrder(Object.keys(real.record), record));
});

test('overrides are laid over, object by object', () => {
  const overrides = { record: { name: { lastName: 'B' }, tags: ['x'], companyId: undefined }, extra: null };
  const { record, extra } = sampleEvent('person.created', { overrides });
  expect(record).toMatchObject({ name: { firstName: 'Zoë', lastName: 'B' }, tags: ['x'] });
  expect(record).not.toHaveProperty('companyId');
  expect(extra).toBeNull();
});

test.each(['person', '', '.created', 'person.'])('"%s" is no event name', (name) => {
  expect(() => sampleEvent(name)).toThrow(RangeError);
});

const inOrder = (names: readonly string[], among: readonly string[]): string[] =>
  names.filter((name) => among.includes(name));
