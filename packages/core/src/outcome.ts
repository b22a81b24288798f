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
  const [status, , , headers] = outcomeTable[failed ? outcome.code : outcome.status];
  return {
    status,
    headers: headers === undefined ? json : { ...json, ...headers },
    body: JSON.stringify(failed ? { error: outcome.code } : { status: outcome.status, id: outcome.id }),
  };
}

/** Explain a code to a developer: what it means, and what usually causes it. */
export function reasonOf(code: RejectionCode | FailureCode): string {
  const [, meaning, fix] = outcomeTable[code];
  return `${meaning}. ${fix}`;
}

type Row = readonly [status: number, meaning: string, fix: string, headers?: Readonly<Record<string, string>>];

// One object for most answers: frozen, so that nobody's change reaches the next answer.
const json = Object.freeze({ 'content-type': 'application/json' });
// The rest of the body is not wanted: RFC 9110 §15.5.9 and §15.5.14 let the server close.
const close = { connection: 'close' };
const badSignature = 'Check that the secret is the one of this webhook';

/** The one table from outcome to HTTP status and meaning; the documentation is generated from it. */
export const outcomeTable: Readonly<Record<GenuineOutcome['status'] | RejectionCode | FailureCode, Row>> = {
  handled: [200, 'Every matching handler finished', ''],
  accepted: [200, 'Stored durably, one job per matching handler', ''],
  duplicate: [200, 'This event is known already', ''],
  ignored: [200, 'Genuine, but no handler matches', ''],
  busy: [409, 'The same event is being handled right now', ''],

  METHOD_NOT_ALLOWED: [405, 'The method is not POST', 'Open the endpoint with a POST request.', { allow: 'POST' }],
  CONTENT_ENCODING_UNSUPPORTED: [
    415,
    'The body is compressed',
    'Twenty sends no compression; let no proxy in front of this server add it.',
  ],
  BODY_TOO_LARGE: [413, 'The body is larger than maxBodyBytes', 'Raise maxBodyBytes if such records are real.', close],
  BODY_TIMEOUT: [
    408,
    'The body did not arrive within bodyTimeoutMs',
    'The sender or a proxy is slow, or sends less than its content-length.',
    close,
  ],
  BODY_INCOMPLETE: [400, 'The sender hung up before the body was complete', 'Twenty hangs up after 5 seconds.'],
  BODY_EMPTY: [400, 'The body is empty', 'Something in front of this server dropped it, or a redirect did.'],
  SIGNATURE_MISSING: [
    401,
    'There is no signature header',
    'Give the webhook in Twenty a secret, and let proxies pass X-Twenty-* headers on.',
  ],
  SIGNATURE_MALFORMED: [
    401,
    'The signature header has the wrong form',
    'X-Twenty-Webhook-Signature is 64 hex digits; X-Twenty-Signature is sha256= and 64 hex digits; each is sent once.',
  ],
  SIGNATURE_MISMATCH: [
    401,
    'The signature fits no secret',
    `${badSignature}, and that nothing (a JSON parser, a proxy) changed the bytes of the body.`,
  ],
  TIMESTAMP_MISSING: [401, 'There is no X-Twenty-Webhook-Timestamp header', 'Let proxies pass X-Twenty-* headers on.'],
  TIMESTAMP_MALFORMED: [401, 'The timestamp header is not a whole number', 'It is milliseconds since 1970.'],
  TIMESTAMP_TOO_OLD: [
    401,
    'The signature is genuine, but older than toleranceSeconds',
    'Set the clocks of both servers; a replayed delivery looks the same.',
  ],
  TIMESTAMP_IN_FUTURE: [
    401,
    'The signature is genuine, but further ahead than toleranceSeconds',
    'Set the clocks of both servers.',
  ],
  BODY_NOT_UTF8: [400, 'Genuine, but the body is not UTF-8', 'Twenty sends UTF-8.'],
  BODY_NOT_JSON: [400, 'Genuine, but the body is not JSON', 'Twenty sends JSON.'],
  BODY_NOT_EVENT: [400, 'Genuine, but the body has no event name', 'Is another service signing with this secret?'],
  EVENT_INVALID: [422, 'Genuine, but the record does not fit its schema', 'Change the schema or the object in Twenty.'],

  HANDLER_FAILED: [500, 'A handler threw', 'A redelivery runs it again; Twenty sends none, an inbox retries.'],
  HANDLER_TIMEOUT: [
    503,
    'The handlers did not finish within handlerTimeoutMs',
    'Twenty waits 5 seconds: do slow work in an inbox.',
  ],
  BODY_ALREADY_PARSED: [
    500,
    'Something read the body before the receiver, and the signed bytes are gone',
    'Mount the receiver before any body parser.',
  ],
  INBOX_UNAVAILABLE: [503, 'The inbox or idempotency store did not answer', 'Look at its own error in cause.'],
  SECRET_UNAVAILABLE: [503, 'The secret function failed', 'Look at its own error in cause.'],
};
