import type { JsonObject } from '../deep-merge.ts';
import { apiKeyId, userId, workspaceMemberId } from '../identities.ts';
import type { WireFormat } from '../sign-delivery.ts';
import { flatAttributes } from './flat-attributes.ts';
import type { Author, RecordChange } from './record-changes.ts';
import type { SimulatedWebhook } from './webhook-registry.ts';

/** What happened, before it is written down for a webhook. */
export type SimulatedEvent = RecordEvent | MetadataEvent;

interface EventFacts {
  /** The envelope's; the same for every webhook and every redelivery. */
  readonly id: string;
  /** `person.created` */
  readonly name: string;
  readonly workspaceId: string;
  readonly recordId: string;
}
export interface RecordEvent extends EventFacts {
  readonly change: RecordChange;
}
export interface MetadataEvent extends EventFacts {
  readonly author: Author;
  /** `{metadataName, recordId, type, properties}` */
  readonly metadata: JsonObject;
}

/** The body of an event for a webhook, members in Twenty's order. @param dateMs when the fan-out job runs */
export function eventBody(
  event: SimulatedEvent,
  {
    webhook,
    format,
    dateMs,
  }: { readonly webhook: SimulatedWebhook; readonly format: WireFormat; readonly dateMs: number },
): JsonObject {
  const eventDate = new Date(dateMs).toISOString();
  if (format === 'envelope') {
    const { id, name, workspaceId } = event;
    return { id, event: name, timestamp: eventDate, workspaceId, data: envelopeData(event) };
  }
  const { name: eventName, workspaceId } = event;
  const { targetUrl, id: webhookId } = webhook;
  if ('metadata' in event) {
    const author = event.author === 'user' ? { userId } : { apiKeyId };
    return { targetUrl, eventName, workspaceId, webhookId, eventDate, ...author, event: event.metadata };
  }
  const { object, objectMetadataId, action, author, record, updatedFields } = event.change;
  return {
    targetUrl,
    eventName,
    objectMetadata: { id: objectMetadataId, nameSingular: object },
    workspaceId,
    webhookId,
    eventDate,
    ...(author === 'user' && { userId, workspaceMemberId }),
    record,
    ...(action !== 'created' && action !== 'destroyed' && { updatedFields }),
  };
}

function envelopeData(event: SimulatedEvent): JsonObject {
  if ('metadata' in event) return event.metadata;
  const { object, action, before, record } = event.change;
  const data = { object, id: record.id };
  if (action === 'deleted' || action === 'destroyed')
    return { ...data, attributes: null, previousAttributes: flatAttributes(object, record) };
  const attributes = flatAttributes(object, record);
  if (action !== 'updated' || before === undefined) return { ...data, attributes, previousAttributes: null };
  const old = flatAttributes(object, before);
  const changed = Object.keys(attributes).filter(
    (name) => name !== 'updatedAt' && JSON.stringify(attributes[name]) !== JSON.stringify(old[name]),
  );
  return {
    ...data,
    attributes,
    previousAttributes: Object.fromEntries(changed.map((name) => [name, old[name] ?? null])),
  };
}
