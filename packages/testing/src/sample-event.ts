import { randomUUID } from 'node:crypto';
import { deepMerge, type JsonObject } from './deep-merge.ts';
import { objectMetadataIdOf, userId, workspaceMemberId } from './identities.ts';
import { sampleMetadataChange } from './sample-metadata.ts';
import { flatRecord, sampleRecord, updatedFieldsOf } from './sample-records.ts';
import type { WireFormat } from './sign-delivery.ts';

/** In which format a sample is, and what is different in it. */
export interface SampleEventOptions {
  /** @default 'server' */
  readonly format?: WireFormat | undefined;
  /** Laid over the body, object by object: `{ record: { jobTitle: 'Countess' } }`. `undefined` takes a member out. */
  readonly overrides?: JsonObject | undefined;
}

/**
 * Every event that Twenty's guide or its servers name, custom objects aside. The guide's own list has neither
 * `opportunity` nor `restored` nor `destroyed` nor metadata; `sampleEvent` makes them in its format all the same.
 */
export const documentedEvents: readonly string[] = [
  ...['person', 'company', 'opportunity', 'note', 'task'].flatMap((object) =>
    ['created', 'updated', 'deleted', 'restored', 'destroyed'].map((action) => `${object}.${action}`),
  ),
  ...['objectMetadata', 'fieldMetadata', 'view', 'webhook'].flatMap((metadata) =>
    ['created', 'updated', 'deleted'].map((action) => `metadata.${metadata}.${action}`),
  ),
];

/**
 * Make the body of an event as Twenty sends it, members in Twenty's order. Ids of records and events and all times are
 * fresh at every call; workspace, webhook and user stay the same. Any other name is taken for a custom object's.
 *
 * @throws RangeError if the name has no dot, so that no Twenty could send it
 * @example
 * sampleEvent('rocket.created', { overrides: { record: { name: 'Apollo' } } });
 */
export function sampleEvent(name: string, options: SampleEventOptions = {}): JsonObject {
  const { format = 'server', overrides = {} } = options;
  const last = name.lastIndexOf('.');
  if (last < 1 || last === name.length - 1) throw new RangeError(`"${name}" is no event name: person.created is one.`);
  const isMetadata = /^metadata\.[^.]+\.[^.]+$/.test(name);
  const make =
    format === 'server' ? (isMetadata ? serverMetadata : serverRecord) : isMetadata ? envelopeMetadata : envelopeRecord;
  return deepMerge(make(name, name.slice(0, last), name.slice(last + 1)), overrides);
}

function serverRecord(eventName: string, object: string, action: string): JsonObject {
  return {
    targetUrl,
    eventName,
    objectMetadata: { id: objectMetadataIdOf(1), nameSingular: object },
    workspaceId,
    webhookId,
    eventDate: new Date().toISOString(),
    userId,
    workspaceMemberId,
    record: sampleRecord(object, action, workspaceMemberId),
    ...(['updated', 'deleted', 'restored'].includes(action) && { updatedFields: updatedFieldsOf(object, action) }),
  };
}

function serverMetadata(eventName: string): JsonObject {
  const eventDate = new Date().toISOString();
  return { targetUrl, eventName, workspaceId, webhookId, eventDate, userId, event: sampleMetadataChange(eventName) };
}

function envelopeRecord(event: string, object: string, action: string): JsonObject {
  const { id, attributes, previousAttributes } = flatRecord(object, action);
  return envelope(event, { object, id, attributes, previousAttributes });
}

// The guide shows no metadata event; this is its envelope around what a server says.
const envelopeMetadata = (event: string): JsonObject => envelope(event, sampleMetadataChange(event));

const envelope = (event: string, data: JsonObject): JsonObject => ({
  id: randomUUID(),
  event,
  timestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  workspaceId,
  data,
});

const targetUrl = 'https://example.com/webhooks/twenty';
const workspaceId = '3b8e6458-5fc1-4e63-8563-008ccddaa6db';
const webhookId = '90056586-1228-4e03-a507-70140aa85c05';
