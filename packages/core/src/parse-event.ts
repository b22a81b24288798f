import { immediate } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';
import { type RejectionCode, WebhookError } from './errors.ts';
import { deriveEventId } from './event-id.ts';
import type { RecordEvent, TwentyEvent } from './events.ts';
import { reasonOf } from './outcome.ts';
import { type EventFields, readFields } from './wire-formats.ts';

/**
 * Turn a body into an event, whichever wire format it is in. It verifies nothing: call it with bytes that are known to be
 * genuine.
 *
 * @throws BODY_NOT_UTF8, BODY_NOT_JSON, BODY_NOT_EVENT
 */
export async function parseEvent(body: Uint8Array): Promise<TwentyEvent> {
  const event = await readEvent(body);
  if (typeof event === 'string') throw new WebhookError(event, reasonOf(event));
  return event;
}

/** `parseEvent` with the refusal as a value; at once, unless the id has to be computed by a promise. */
export function readEvent(
  body: Uint8Array,
): MaybePromise<TwentyEvent | Extract<RejectionCode, 'BODY_NOT_UTF8' | 'BODY_NOT_JSON' | 'BODY_NOT_EVENT'>> {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    return 'BODY_NOT_UTF8';
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, so it is not passed on.
    return 'BODY_NOT_JSON';
  }
  const fields = readFields(raw);
  if (fields === undefined) return 'BODY_NOT_EVENT';
  if (immediate || fields.id !== undefined) return toEvent(fields, body);
  return Promise.resolve(deriveEventId(body, fields.hasChangeTime)).then((id) => toEvent({ ...fields, id }, body));
}

/** The event's id if the sender gave it or somebody has read it; this computes nothing. */
export function knownId(event: TwentyEvent): string | undefined {
  return ParsedEvent.knownId(event);
}

/** The same event with other attributes: what a schema made of them. */
export function withAttributes(event: TwentyEvent, attributes: unknown): TwentyEvent {
  return ParsedEvent.withAttributes(event, attributes);
}

// `fatal`: bad bytes are an error, not a replacement character. A byte order mark is left out.
const decoder = new TextDecoder('utf-8', { fatal: true });

// The class has the members of all kinds, which a discriminated union cannot see.
const toEvent = (fields: EventFields, body: Uint8Array): TwentyEvent =>
  new ParsedEvent(fields, body) as unknown as TwentyEvent;

class ParsedEvent {
  readonly kind: EventFields['kind'];
  readonly event: string;
  declare readonly action: string;
  readonly timestamp: string;
  readonly workspaceId: string;
  readonly webhookId: string | undefined;
  readonly actor: EventFields['actor'];
  declare readonly data: EventFields['data'];
  readonly format: EventFields['format'];
  readonly raw: unknown;
  #id: string | undefined;
  #fields: EventFields;
  #body: Uint8Array | undefined;

  constructor(fields: EventFields, body: Uint8Array | undefined) {
    this.kind = fields.kind;
    this.event = fields.event;
    if (fields.action !== undefined) this.action = fields.action;
    this.timestamp = fields.timestamp;
    this.workspaceId = fields.workspaceId;
    this.webhookId = fields.webhookId;
    this.actor = fields.actor;
    if (fields.data !== undefined) this.data = fields.data;
    this.format = fields.format;
    this.raw = fields.raw;
    this.#id = fields.id;
    this.#fields = fields;
    this.#body = body;
  }

  get id(): string {
    // Without an id there is a body, and digests are immediate: see `readEvent`.
    this.#id ??= deriveEventId(this.#body as Uint8Array, this.#fields.hasChangeTime) as string;
    this.#body = undefined;
    return this.#id;
  }

  toJSON(): object {
    return Object.assign({ id: this.id }, this);
  }

  static knownId(event: TwentyEvent): string | undefined {
    return #id in event ? (event as unknown as ParsedEvent).#id : event.id;
  }

  static withAttributes(event: TwentyEvent, attributes: unknown): TwentyEvent {
    const { id, kind } = event;
    if (kind !== 'record' || !(#fields in event)) return event;
    const data = { ...event.data, attributes } as RecordEvent['data'];
    return toEvent({ ...(event as unknown as ParsedEvent).#fields, id, data }, new Uint8Array());
  }
}
