import type { EventActor, MetadataEvent, RecordEvent, TwentyEvent } from './events.ts';

/** An event's own members. */
export interface EventFields {
  readonly kind: TwentyEvent['kind'];
  readonly event: string;
  /** `undefined` for events of unknown shape, like `data`. */
  readonly action: string | undefined;
  readonly timestamp: string;
  readonly workspaceId: string;
  readonly webhookId: string | undefined;
  readonly actor: EventActor;
  readonly data: RecordEvent['data'] | MetadataEvent['data'] | undefined;
  readonly format: Format;
  readonly raw: unknown;
}

/** What a body says, whichever format it is in. */
export interface ReadEventBody {
  readonly fields: EventFields;
  /** `undefined` if the body brings none. */
  readonly id: string | undefined;
  /** Whether a record's `updatedAt` tells two changes with equal bodies apart. */
  readonly hasChangeTime: boolean;
}

/** Read a parsed body. `undefined` if it has no event name, so that it is no event at all. */
export function readBody(raw: unknown): ReadEventBody | undefined {
  if (!isObject(raw)) return undefined;
  const { eventName, event } = raw;
  if (text(eventName)) return readServerFormat(raw, text(eventName));
  return text(event) ? readEnvelopeFormat(raw, text(event)) : undefined;
}

/** What Twenty servers send: `eventName`, `eventDate`, and `record` or, for metadata, `event`. */
function readServerFormat(raw: JsonObject, name: string): ReadEventBody {
  const { record, event } = raw;
  const last = lastDot(name);
  if (last > 0 && isObject(record) && typeof record.id === 'string') {
    const action = name.slice(last + 1);
    const isRemoved = isRemoval(action);
    return toBody(raw, 'server', name, 'record', record.updatedAt != null, action, {
      object: name.slice(0, last),
      id: record.id,
      // The state before a removal: what there was, is the previous.
      attributes: isRemoved ? null : (record as never),
      previousAttributes: isRemoved ? (record as never) : null,
      updatedFields: strings(raw.updatedFields),
    });
  }
  if (isMetadataName(name) && isObject(event)) {
    return toMetadata(raw, 'server', name, event, isObject(event.properties) ? event.properties : {});
  }
  return toBody(raw, 'server', name, 'unknown');
}

/** What Twenty's guide describes: `event`, `timestamp`, `data`. */
function readEnvelopeFormat(raw: JsonObject, name: string): ReadEventBody {
  const { data } = raw;
  const last = lastDot(name);
  if (isMetadataName(name) && isObject(data)) {
    // The guide shows none: a server's members, or the guide's own names for them.
    const { properties, attributes: after, previousAttributes: before } = data;
    return toMetadata(raw, 'envelope', name, data, isObject(properties) ? properties : { after, before, ...data });
  }
  if (
    last > 0 &&
    isObject(data) &&
    typeof data.id === 'string' &&
    isState(data.attributes) &&
    isState(data.previousAttributes)
  ) {
    const action = name.slice(last + 1);
    const isRemoved = isRemoval(action);
    const { attributes = null, previousAttributes: previous = null } = data;
    const state = attributes ?? previous;
    return toBody(raw, 'envelope', name, 'record', isObject(state) && state.updatedAt != null, action, {
      object: name.slice(0, last),
      id: data.id,
      attributes: isRemoved ? null : (attributes as never),
      previousAttributes: (isRemoved ? (previous ?? attributes) : previous) as never,
      updatedFields: action === 'updated' && isObject(previous) ? Object.keys(previous) : [],
    });
  }
  return toBody(raw, 'envelope', name, 'unknown');
}

function toMetadata(
  raw: JsonObject,
  format: Format,
  event: string,
  change: JsonObject,
  properties: JsonObject,
): ReadEventBody {
  const [, metadataName = '', action = ''] = event.split('.');
  const { diff, before, after } = properties;
  return toBody(raw, format, event, 'metadata', false, action, {
    metadataName: text(change.metadataName) || metadataName,
    id: text(change.recordId) || text(change.id),
    type: text(change.type) || action,
    updatedFields: strings(properties.updatedFields),
    diff: isObject(diff) ? (diff as NonNullable<MetadataEvent['data']['diff']>) : null,
    before: isObject(before) ? before : null,
    after: isObject(after) ? after : null,
  });
}

/** Put together what events of all kinds have. */
function toBody(
  raw: JsonObject,
  format: Format,
  event: string,
  kind: TwentyEvent['kind'],
  hasChangeTime = false,
  action?: string,
  data?: RecordEvent['data'] | MetadataEvent['data'],
): ReadEventBody {
  const isServer = format === 'server';
  const fields = {
    kind,
    event,
    action,
    timestamp: text(isServer ? raw.eventDate : raw.timestamp),
    workspaceId: text(raw.workspaceId),
    webhookId: text(raw.webhookId) || undefined,
    actor: toActor(raw),
    data,
    format,
    raw,
  };
  return { fields, id: (!isServer && text(raw.id)) || undefined, hasChangeTime };
}

function toActor({ userId, workspaceMemberId, apiKeyId }: JsonObject): EventActor {
  const actor: { -readonly [Name in keyof EventActor]: EventActor[Name] } = {};
  if (typeof userId === 'string') actor.userId = userId;
  if (typeof workspaceMemberId === 'string') actor.workspaceMemberId = workspaceMemberId;
  if (typeof apiKeyId === 'string') actor.apiKeyId = apiKeyId;
  return actor;
}

type Format = TwentyEvent['format'];
type JsonObject = Readonly<Record<string, unknown>>;

// The last two: servers before 2025.
const isRemoval = (action: string): boolean =>
  action === 'deleted' || action === 'destroyed' || action === 'delete' || action === 'destroy';

/** Twenty splits names at the last dot. Nearly all have one, and finding the first is a good deal faster. */
function lastDot(name: string): number {
  const first = name.indexOf('.');
  return name.includes('.', first + 1) ? name.lastIndexOf('.') : first;
}

const isMetadataName = (name: string): boolean => /^metadata\.[^.]+\.[^.]+$/.test(name);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a member of the guide's `data` is what it should be: a record, `null` or left out. */
const isState = (value: unknown): boolean => value == null || isObject(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : none;

const none: readonly string[] = Object.freeze([]);
