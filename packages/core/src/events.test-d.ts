import { describe, expectTypeOf, test } from 'vitest';
import type {
  CustomRecord,
  EventActor,
  MetadataAction,
  MetadataEvent,
  PersonRecord,
  RecordAction,
  RecordEvent,
  TwentyEvent,
  TwentyObjects,
  UnknownEvent,
} from './index.ts';
import { parseEvent } from './index.ts';

// Own objects and own fields, as the documentation of `TwentyObjects` says. All tests are one program: hence odd names.
declare module './objects.ts' {
  interface TwentyObjects {
    augmentedRocket: { name?: string; thrust?: number };
  }
  interface PersonRecord {
    augmentedFavouriteColour?: 'red' | 'green';
  }
}

declare const event: TwentyEvent;

describe('TwentyEvent', () => {
  test('narrows by kind', () => {
    if (event.kind === 'unknown') expectTypeOf(event).toEqualTypeOf<UnknownEvent>();
    if (event.kind === 'metadata') expectTypeOf(event).toExtend<MetadataEvent>();
    if (event.kind === 'record') expectTypeOf(event.data.object).toEqualTypeOf<keyof TwentyObjects>();
    expectTypeOf(event.kind).toEqualTypeOf<'record' | 'metadata' | 'unknown'>();
  });

  test('has the same members in every kind', () => {
    expectTypeOf(event.id).toEqualTypeOf<string>();
    expectTypeOf(event.timestamp).toEqualTypeOf<string>();
    expectTypeOf(event.workspaceId).toEqualTypeOf<string>();
    expectTypeOf(event.webhookId).toEqualTypeOf<string | undefined>();
    expectTypeOf(event.actor).toEqualTypeOf<EventActor>();
    expectTypeOf(event.format).toEqualTypeOf<'server' | 'envelope'>();
    expectTypeOf(event.raw).toEqualTypeOf<unknown>();
    // @ts-expect-error only records and metadata have data
    event.data;
  });

  test('narrows by data.object of a record', () => {
    if (event.kind !== 'record') return;
    const { data } = event;
    if (data.object === 'opportunity') {
      expectTypeOf(data.attributes?.stage).toEqualTypeOf<string | null | undefined>();
      // @ts-expect-error a field of people
      data.attributes?.jobTitle;
    }
    if (data.object === 'person') expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
  });

  test('narrows by event name', () => {
    if (event.event === 'person.updated' && event.kind === 'record') {
      expectTypeOf(event.action).toEqualTypeOf<'updated'>();
      expectTypeOf(event.data.attributes).toEqualTypeOf<PersonRecord | null>();
    }
  });

  test('narrows by action', () => {
    if (event.kind === 'record') expectTypeOf(event.action).toEqualTypeOf<RecordAction>();
    if (event.kind === 'metadata') expectTypeOf(event.action).toEqualTypeOf<MetadataAction>();
  });

  test('cannot be changed', () => {
    // @ts-expect-error readonly
    event.workspaceId = '';
    // @ts-expect-error readonly
    if (event.kind === 'record') event.data.attributes = null;
  });
});

describe('a record', () => {
  const person = {} as RecordEvent<'person', 'updated', PersonRecord>;

  test('has the fields of both wire formats, each optional', () => {
    expectTypeOf(person.data.attributes?.name?.firstName).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(person.data.attributes?.firstName).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(person.data.attributes?.emails?.primaryEmail).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(person.data.attributes?.email).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(person.data.attributes?.updatedAt).toEqualTypeOf<string | undefined>();
    expectTypeOf(person.data.previousAttributes?.name).toEqualTypeOf<PersonRecord['name']>();
    expectTypeOf({}).toExtend<PersonRecord>();
  });

  test('is not there on every event', () => {
    // @ts-expect-error null on deleted and destroyed
    person.data.attributes.name;
    // @ts-expect-error null unless the sender knows old values
    person.data.previousAttributes.name;
  });

  test('has no fields that nobody declared', () => {
    // @ts-expect-error misspelt
    person.data.attributes?.jobTitel;
  });

  test('may have own fields', () => {
    expectTypeOf(person.data.attributes?.augmentedFavouriteColour).toEqualTypeOf<'red' | 'green' | undefined>();
  });

  test('has a name made of object and action', () => {
    expectTypeOf(person.event).toEqualTypeOf<'person.updated'>();
    expectTypeOf<RecordEvent['event']>().toEqualTypeOf<`${string}.${string}`>();
  });

  test('of an object that nobody declared is open', () => {
    const custom = {} as RecordEvent<'rocket', 'created'>;
    expectTypeOf(custom.data.attributes).toEqualTypeOf<CustomRecord | null>();
    expectTypeOf(custom.data.attributes?.anything).toEqualTypeOf<unknown>();
    expectTypeOf(custom.data.attributes?.updatedAt).toEqualTypeOf<string | undefined>();
  });
});

test('own objects are objects like others', () => {
  expectTypeOf<TwentyObjects['augmentedRocket']>().toEqualTypeOf<{ name?: string; thrust?: number }>();
  if (event.kind === 'record' && event.data.object === 'augmentedRocket') {
    expectTypeOf(event.data.attributes?.thrust).toEqualTypeOf<number | undefined>();
  }
});

test('parseEvent gives an event', () => {
  expectTypeOf(parseEvent).returns.resolves.toEqualTypeOf<TwentyEvent>();
  expectTypeOf(parseEvent).parameter(0).toEqualTypeOf<Uint8Array>();
});
