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
  if (id !== undefined) return toEvent(fields, () => id, id);
  // Digests that come at once can wait until somebody asks.
  if (immediate) return toEvent(fields, derive as () => string);
  return Promise.resolve(derive()).then((derived) => toEvent(fields, () => derived, derived));
}

/** The event's id if the sender gave it or somebody has read it; this computes nothing. */
export function knownId(event: TwentyEvent): string | undefined {
  return ParsedEvent.knownId(event);
}

/** The same event with other attributes: what a schema made of them. */
export function withAttributes(event: Extract<TwentyEvent, { kind: 'record' }>, attributes: unknown): TwentyEvent {
  const { id } = event;
  const data = { ...event.data, attributes } as EventFields['data'];
  return toEvent({ ...event, data }, () => id, id);
}

// The class has what all kinds have; the fields make it one of them.
const toEvent = (fields: EventFields, derive: () => string, id?: string): TwentyEvent =>
  new ParsedEvent(fields, derive, id) as unknown as TwentyEvent;

class ParsedEvent {
  readonly #derive: () => string;
  #id: string | undefined;

  constructor(fields: EventFields, derive: () => string, id: string | undefined) {
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
    this.#derive = derive;
    this.#id = id;
  }

  get id(): string {
    this.#id ??= this.#derive();
    return this.#id;
  }

  toJSON(): object {
    return Object.assign({ id: this.id }, this);
  }

  static knownId(event: TwentyEvent): string | undefined {
    return #id in event ? (event as unknown as ParsedEvent).#id : event.id;
  }
}
