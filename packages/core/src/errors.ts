/** Why a sender's delivery was refused. The status of each code stands in the table of `outcome.ts`. */
export type RejectionCode =
  | 'METHOD_NOT_ALLOWED'
  | 'CONTENT_ENCODING_UNSUPPORTED'
  | 'BODY_TOO_LARGE'
  | 'BODY_TIMEOUT'
  | 'BODY_INCOMPLETE'
  | 'BODY_EMPTY'
  | 'SIGNATURE_MISSING'
  | 'SIGNATURE_MALFORMED'
  | 'SIGNATURE_MISMATCH'
  | 'TIMESTAMP_MISSING'
  | 'TIMESTAMP_MALFORMED'
  | 'TIMESTAMP_TOO_OLD'
  | 'TIMESTAMP_IN_FUTURE'
  | 'BODY_NOT_UTF8'
  | 'BODY_NOT_JSON'
  | 'BODY_NOT_EVENT'
  | 'EVENT_INVALID';

/** What went wrong on the receiving side; a redelivery would help. */
export type FailureCode =
  | 'HANDLER_FAILED'
  | 'HANDLER_TIMEOUT'
  | 'BODY_ALREADY_PARSED'
  | 'INBOX_UNAVAILABLE'
  | 'SECRET_UNAVAILABLE';

/** A broken set-up; thrown when a receiver, an adapter or a handler is made, never during a request. */
export type SetupCode =
  | 'SECRET_MISSING'
  | 'OPTION_INVALID'
  | 'PATTERN_INVALID'
  | 'HANDLER_DUPLICATE'
  | 'HANDLERS_MISSING'
  | 'INBOX_INVALID';

/** Why a job of an inbox failed, beside what its handler threw. */
export type JobCode = 'NON_RETRYABLE' | 'RETRY_AFTER' | 'HANDLER_MISSING' | 'WORKER_LOST';

/** Every `code` that a `WebhookError` can have. */
export type ErrorCode = RejectionCode | FailureCode | SetupCode | JobCode;

const brand = Symbol.for('twenty-webhooks.error');

/** The one error class of this project. `code` is stable, `message` is for people and may change. */
export class WebhookError extends Error {
  override readonly name: string = 'WebhookError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Recognise a `WebhookError`, also one made by another copy of this package, where `instanceof` says no. */
export function isWebhookError(value: unknown): value is WebhookError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Throw it in a handler when running again cannot help: with an inbox the job is dead at once. */
export class NonRetryableError extends WebhookError {
  override readonly name: string = 'NonRetryableError';

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('NON_RETRYABLE', message, options);
  }
}

/** Throw it in a handler to be run again after `delayMs` (an outside service said `Retry-After`); needs an inbox. */
export class RetryAfterError extends WebhookError {
  override readonly name: string = 'RetryAfterError';
  readonly delayMs: number;

  constructor(delayMs: number, message: string = `retry after ${delayMs} ms`, options?: { readonly cause?: unknown }) {
    super('RETRY_AFTER', message, options);
    this.delayMs = delayMs;
  }
}
