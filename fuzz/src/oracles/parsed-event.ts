import { isUtf8 } from 'node:buffer';
import { eventIdOf } from './event-id.ts';

/** What a body ought to become, written anew from the design; a text is a refusal. */
export type ExpectedEvent =
  | 'BODY_NOT_UTF8'
  | 'BODY_NOT_JSON'
  | 'BODY_NOT_EVENT'
  | {
      readonly kind: 'record' | 'metadata' | 'unknown';
      readonly event: string;
      readonly id: string;
      readonly format: 'server' | 'envelope';
      readonly timestamp: string;
      readonly workspaceId: string;
      readonly webhookId: string | undefined;
      readonly actor: object;
      readonly updatedFields: readonly string[];
      readonly recordId: string | undefined;
      readonly attributes: unknown;
      readonly previousAttributes: unknown;
      /** Of a change of the schema only. */
      readonly change: ExpectedChange | undefined;
      readonly raw: unknown;
    };

export interface ExpectedChange {
  readonly metadataName: string;
  readonly type: string;
  readonly diff: JsonObject | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export function expectedEvent(body: Uint8Array): ExpectedEvent {
  if (!isUtf8(body)) return 'BODY_NOT_UTF8';
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const text = Buffer.from(body.subarray(hasMark ? 3 : 0)).toString('utf8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return 'BODY_NOT_JSON';
  }
  if (!isObject(raw)) return 'BODY_NOT_EVENT';
  if (isName(raw.eventName)) return serverEvent(raw, raw.eventName, body);
  if (isName(raw.event)) return envelopeEvent(raw, raw.event, body);
  return 'BODY_NOT_EVENT';
}

function serverEvent(raw: JsonObject, event: string, body: Uint8Array): ExpectedEvent {
  const { record, event: change } = raw;
  const common = { ...commonOf(raw), event, format: 'server', timestamp: textOr(raw.eventDate) } as const;
  if (hasObject(event) && isObject(record) && typeof record.id === 'string') {
    const removed = isRemoval(event);
    const hasTime = record.updatedAt !== undefined && record.updatedAt !== null;
    return {
      ...common,
      kind: 'record',
      id: eventIdOf(body, hasTime),
      recordId: record.id,
      updatedFields: textsOf(raw.updatedFields),
      attributes: removed ? null : record,
      previousAttributes: removed ? record : null,
    };
  }
  const id = eventIdOf(body, false);
  if (!isMetadata(event) || !isObject(change)) return { ...common, kind: 'unknown', id };
  const properties = isObject(change.properties) ? change.properties : {};
  const recordId = textOr(change.recordId) || textOr(change.id);
  const updatedFields = textsOf(properties.updatedFields);
  return { ...common, kind: 'metadata', id, recordId, updatedFields, change: changeOf(event, change, properties) };
}

function envelopeEvent(raw: JsonObject, event: string, body: Uint8Array): ExpectedEvent {
  const { data } = raw;
  const idOf = (hasTime: boolean): string => (isName(raw.id) ? raw.id : eventIdOf(body, hasTime));
  const common = { ...commonOf(raw), event, format: 'envelope', timestamp: textOr(raw.timestamp) } as const;
  if (isMetadata(event) && isObject(data)) {
    const properties = isObject(data.properties) ? data.properties : withGuideNames(data);
    const recordId = textOr(data.recordId) || textOr(data.id);
    const updatedFields = textsOf(properties.updatedFields);
    const change = changeOf(event, data, properties);
    return { ...common, kind: 'metadata', id: idOf(false), recordId, updatedFields, change };
  }
  if (!hasObject(event) || !isObject(data) || typeof data.id !== 'string')
    return { ...common, kind: 'unknown', id: idOf(false) };
  const { attributes = null, previousAttributes: previous = null } = data;
  if (![attributes, previous].every((state) => state === null || isObject(state))) {
    return { ...common, kind: 'unknown', id: idOf(false) };
  }
  const state = (attributes ?? previous) as JsonObject | null;
  const removed = isRemoval(event);
  return {
    ...common,
    kind: 'record',
    id: idOf(state?.updatedAt !== undefined && state?.updatedAt !== null),
    recordId: data.id,
    attributes: removed ? null : attributes,
    previousAttributes: removed ? (previous ?? attributes) : previous,
    updatedFields: event.endsWith('.updated') && previous !== null ? Object.keys(previous as JsonObject) : [],
  };
}

/** What every event has, under the same names in both formats, and nothing of what only some have. */
function commonOf(raw: JsonObject) {
  const named = actorNames.filter((name) => typeof raw[name] === 'string');
  return {
    raw,
    workspaceId: textOr(raw.workspaceId),
    webhookId: isName(raw.webhookId) ? raw.webhookId : undefined,
    actor: Object.fromEntries(named.map((name) => [name, raw[name]])),
    recordId: undefined,
    updatedFields: [],
    attributes: undefined,
    previousAttributes: undefined,
    change: undefined,
  };
}

/** What a change of the schema does not say about itself, the name of the event says. */
function changeOf(event: string, said: JsonObject, properties: JsonObject): ExpectedChange {
  const [, metadataName = '', type = ''] = event.split('.');
  const objectOr = (value: unknown): JsonObject | null => (isObject(value) ? value : null);
  return {
    metadataName: isName(said.metadataName) ? said.metadataName : metadataName,
    type: isName(said.type) ? said.type : type,
    diff: objectOr(properties.diff),
    before: objectOr(properties.before),
    after: objectOr(properties.after),
  };
}

/** The guide has no changes of the schema; its names for the states of a record are taken where a server's are missing. */
function withGuideNames(data: JsonObject): JsonObject {
  const before = Object.hasOwn(data, 'before') ? data.before : data.previousAttributes;
  const after = Object.hasOwn(data, 'after') ? data.after : data.attributes;
  return { updatedFields: data.updatedFields, diff: data.diff, before, after };
}

type JsonObject = Readonly<Record<string, unknown>>;

const actorNames = ['userId', 'workspaceMemberId', 'apiKeyId'];

const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** Twenty splits names at the last dot. */
const hasObject = (event: string): boolean => event.lastIndexOf('.') > 0;

const isMetadata = (event: string): boolean => {
  const parts = event.split('.');
  return parts.length === 3 && parts[0] === 'metadata' && parts[1] !== '' && parts[2] !== '';
};

const isRemoval = (event: string): boolean =>
  ['deleted', 'destroyed', 'delete', 'destroy'].includes(event.split('.').at(-1) ?? '');
