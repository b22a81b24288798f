import type { Delivery } from './delivery.ts';
import type { FailureCode, RejectionCode } from './errors.ts';
import type { TwentyEvent } from './events.ts';

/** What became of one delivery. `status` tells them apart; `rejected` and `failed` carry `code` and `reason`. */
export type Outcome = GenuineOutcome | RejectedOutcome | FailedOutcome;

/** The delivery is genuine, and its event is handled, stored, known already, nobody's, or being handled right now. */
export interface GenuineOutcome {
  readonly status: 'handled' | 'accepted' | 'duplicate' | 'ignored' | 'busy';
  /** The event's id if it was computed (it needs no computing for `ignored`); only then the answer carries it. */
  readonly id: string | undefined;
  readonly event: TwentyEvent;
  readonly delivery: Delivery;
}

/** The sender's side: not genuine, or not an event. */
export interface RejectedOutcome {
  readonly status: 'rejected';
  readonly code: RejectionCode;
  /** What happened, the likely cause, the fix. For developers; never part of the answer. */
  readonly reason: string;
  /** For `EVENT_INVALID`: the issues that the schema reported. */
  readonly cause?: unknown;
}

/** Our side: a redelivery would help. */
export interface FailedOutcome {
  readonly status: 'failed';
  readonly code: FailureCode;
  /** What happened, the likely cause, the fix. For developers; never part of the answer. */
  readonly reason: string;
  /** What was thrown. */
  readonly cause?: unknown;
  readonly event?: TwentyEvent;
  readonly delivery?: Delivery;
}

/** An HTTP answer: the only form in which an outcome leaves the process. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Turn an outcome into its HTTP answer: `{"status":"accepted","id":"evt_…"}` or `{"error":"SIGNATURE_MISMATCH"}`.
 * Nothing from the request or from a handler is in it but the event's id.
 */
export function toAnswer(outcome: Outcome): Answer {
  const failed = 'code' in outcome;
  const [status, , headers] = outcomeTable[failed ? outcome.code : outcome.status];
  return {
    status,
    headers: headers === undefined ? json : { ...json, ...headers },
    body: JSON.stringify(failed ? { error: outcome.code } : { status: outcome.status, id: outcome.id }),
  };
}

/** Explain a code to a developer: what happened, what usually causes it, what to do. */
export function reasonOf(code: RejectionCode | FailureCode): string {
  return outcomeTable[code][1];
}

type Row = readonly [status: number, meaning: string, headers?: Readonly<Record<string, string>>];

// One object for most answers: frozen, so that nobody's change reaches the next answer.
const json = Object.freeze({ 'content-type': 'application/json' });
// The rest of the body is not wanted: RFC 9110 §15.5.9 and §15.5.14 let the server close.
const close = { connection: 'close' };

/**
 * The one table from outcome to HTTP status and meaning; the documentation is generated from it. The words are few, since
 * every edge deployment carries them.
 */
export const outcomeTable: Readonly<Record<GenuineOutcome['status'] | RejectionCode | FailureCode, Row>> = {
  handled: [200, 'every matching handler finished'],
  accepted: [200, 'stored durably, one job per matching handler'],
  duplicate: [200, 'the event is known already'],
  ignored: [200, 'genuine, but no handler matches'],
  busy: [409, 'the event is being handled right now'],

  METHOD_NOT_ALLOWED: [405, 'the method is not POST', { allow: 'POST' }],
  CONTENT_ENCODING_UNSUPPORTED: [415, 'a proxy compressed the body'],
  BODY_TOO_LARGE: [413, 'the body is larger than maxBodyBytes', close],
  BODY_TIMEOUT: [408, 'the body took longer than bodyTimeoutMs', close],
  BODY_INCOMPLETE: [400, 'the sender hung up mid-body'],
  BODY_EMPTY: [400, 'the body is empty: a proxy or a redirect dropped it'],
  SIGNATURE_MISSING: [401, 'no signature header: give the webhook a secret, let proxies pass X-Twenty-*'],
  SIGNATURE_MALFORMED: [401, 'the signature is not 64 hex digits (X-Twenty-Signature: after sha256=), sent once'],
  SIGNATURE_MISMATCH: [401, 'another secret, or something (a JSON parser, a proxy) changed the body'],
  TIMESTAMP_MISSING: [401, 'no X-Twenty-Webhook-Timestamp header: let proxies pass X-Twenty-*'],
  TIMESTAMP_MALFORMED: [401, 'the timestamp is not whole milliseconds'],
  TIMESTAMP_TOO_OLD: [401, 'signed longer ago than toleranceSeconds: a wrong clock, or a replay'],
  TIMESTAMP_IN_FUTURE: [401, 'signed further ahead than toleranceSeconds: a wrong clock'],
  BODY_NOT_UTF8: [400, 'genuine, but not UTF-8'],
  BODY_NOT_JSON: [400, 'genuine, but not JSON'],
  BODY_NOT_EVENT: [400, 'genuine, but no event: is the secret used elsewhere?'],
  EVENT_INVALID: [422, 'genuine, but the record does not fit its schema'],

  HANDLER_FAILED: [500, 'a handler threw: only an inbox retries'],
  HANDLER_TIMEOUT: [503, 'handlers took longer than handlerTimeoutMs: use an inbox'],
  BODY_ALREADY_PARSED: [500, 'something read the body: mount the receiver before body parsers'],
  INBOX_UNAVAILABLE: [503, 'the inbox or idempotency store failed: see cause'],
  SECRET_UNAVAILABLE: [503, 'the secret function failed: see cause'],
};
