import { fullName, parseEvent, type TwentyEvent } from '@twenty-webhooks/core';
import type { DeliveryDetail, DeliverySummary } from './inspector-api.ts';

/** What a body says of itself, genuine or not. */
export type BodyFacts = Pick<DeliverySummary, 'event' | 'eventId' | 'format' | 'object' | 'recordId' | 'recordName'> &
  Pick<DeliveryDetail, 'updatedFields' | 'record'>;

/** Read what can be read of a body; nothing of one that is no event. */
export async function readFacts(body: Uint8Array): Promise<BodyFacts> {
  let event: TwentyEvent;
  try {
    event = await parseEvent(body);
  } catch {
    return nothing;
  }
  const { object, recordId, record, updatedFields } = readSubject(event);
  return {
    event: short(event.event),
    eventId: short(event.id),
    format: event.format,
    object: short(object),
    recordId: short(recordId),
    recordName: short(nameOf(record)),
    updatedFields,
    record,
  };
}

/** Anybody may send an event whose name has a million letters, and the list has ten thousand of them. */
function short<T extends string | undefined>(text: T): T {
  return text?.slice(0, maxLength) as T;
}

/** What changed: a record, or a part of the schema, which is shown like one. */
function readSubject(event: TwentyEvent): Pick<BodyFacts, 'object' | 'recordId' | 'record' | 'updatedFields'> {
  if (event.kind === 'record') {
    const { object, id: recordId, attributes, previousAttributes, updatedFields } = event.data;
    return { object, recordId, record: (attributes ?? previousAttributes ?? undefined) as JsonObject, updatedFields };
  }
  if (event.kind === 'metadata') {
    const { metadataName, id: recordId, after, before, updatedFields } = event.data;
    return { object: `metadata.${metadataName}`, recordId, record: after ?? before ?? undefined, updatedFields };
  }
  return { object: undefined, recordId: undefined, record: undefined, updatedFields: [] };
}

/** What people call a record. Of records that anybody may have sent, so nothing is taken to be what it should be. */
function nameOf(record: JsonObject | undefined): string | undefined {
  if (record === undefined) return undefined;
  const { name, title, label, nameSingular } = record;
  const ofPerson = isObject(name) ? name : record;
  const parts = { firstName: textOf(ofPerson.firstName), lastName: textOf(ofPerson.lastName) };
  return [textOf(name), fullName(parts), textOf(title), textOf(label), textOf(nameSingular)].find(Boolean);
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const maxLength = 200;

const nothing: BodyFacts = {
  event: undefined,
  eventId: undefined,
  format: undefined,
  object: undefined,
  recordId: undefined,
  recordName: undefined,
  updatedFields: [],
  record: undefined,
};
