import { decodeUtf8, immediate } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';
import { type RejectionCode, WebhookError } from './errors.ts';
import { deriveEventId } from './event-id.ts';
import type { TwentyEvent } from './events.ts';
import { reasonOf } from './outcome.ts';
import { type EventFields, readBody } from './wire-formats.ts';

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
  const text = decodeUtf8(body);
  if (text === undefined) return 'BODY_NOT_UTF8';
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, so it is not passed on.
    return 'BODY_NOT_JSON';
  }
  const found = readBody(raw);
  if (found === undefined) return 'BODY_NOT_EVENT';
  const { fields, id, hasChangeTime } = found;
  const derive = (): MaybePromise<string> => deriveEventId(body, text, hasChangeTime);
  if (id !== undefined) return toEvent(fields, id);
  // Digests that come at once can wait until somebody asks.
  if (immediate) return toEvent(fields, derive as () => string);
  return Promise.resolve(derive()).then((derived) => toEvent(fields, derived));
}

/** The event's id if the sender gave it or somebody has read it; this computes nothing. */
export function knownId(event: TwentyEvent): string | undefined {
  return ParsedEvent.knownId(event);
}

/** The same event with other attributes: what a schema made of them. */
export function withAttributes(event: Extract<TwentyEvent, { kind: 'record' }>, attributes: unknown): TwentyEvent {
  const data = { ...event.data, attributes } as EventFields['data'];
  return toEvent({ ...event, data }, event.id);
}

// The class has what all kinds have; the fields make it one of them.
const toEvent = (fields: EventFields, id: string | (() => string)): TwentyEvent =>
  new ParsedEvent(fields, id) as unknown as TwentyEvent;

class ParsedEvent {
  /** The id, or how to derive it. What it is derived from is not kept any longer than that. */
  #id: string | (() => string);

  constructor(fields: EventFields, id: string | (() => string)) {
    // One by one: this is on the path of every delivery, and `Object.assign` takes its time.
    const target = this as unknown as { -readonly [Name in keyof EventFields]: EventFields[Name] };
    target.kind = fields.kind;
    target.event = fields.event;
    if (fields.data !== undefined) {
      target.action = fields.action;
      target.data = fields.data;
    }
    target.timestamp = fields.timestamp;
    target.workspaceId = fields.workspaceId;
    target.webhookId = fields.webhookId;
    target.actor = fields.actor;
    target.format = fields.format;
    target.raw = fields.raw;
    this.#id = id;
  }

  get id(): string {
    if (typeof this.#id === 'function') this.#id = this.#id();
    return this.#id;
  }

  toJSON(): object {
    return Object.assign({ id: this.id }, this);
  }

  static knownId(event: TwentyEvent): string | undefined {
    const id = #id in event ? (event as unknown as ParsedEvent).#id : event.id;
    return typeof id === 'string' ? id : undefined;
  }
}
