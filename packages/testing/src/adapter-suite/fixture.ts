import type { ReceiverOptions } from '@twenty-webhooks/core';

/**
 * How the framework app around the adapter is set up.
 *
 * - `plain`: the adapter, and no parser before it.
 * - `json-parser-first`: the framework's JSON parser has turned the body into an object before the adapter sees it.
 * - `raw-parser-first`: a parser has left the bytes as a `Buffer` in `req.body`.
 * - `raw-body`: a parser has kept the bytes in `req.rawBody` (and an object in `req.body`).
 * - `verify-only`: no handlers in the options. After the adapter comes a handler of the app that reads the event where the
 *   adapter has put it and answers 200 with the JSON `{ event: event.event, id: event.id }`.
 */
export type AdapterVariant = 'plain' | 'json-parser-first' | 'raw-parser-first' | 'raw-body' | 'verify-only';

/**
 * What a framework keeps an adapter from doing; the cases about it are left out.
 *
 * - `all-methods`: answering methods other than POST, because the framework's router does.
 * - `closing`: closing the connection after a refusal.
 * - `neighbours`: having other routes beside it.
 */
export type AdapterLimit = 'all-methods' | 'closing' | 'neighbours';

/** An app with the adapter in it that can be started, over and over, for `describeAdapter`. */
export interface AdapterFixture {
  /** The variants that can exist in this framework. */
  readonly variants: readonly AdapterVariant[];
  /** @default [] */
  readonly limits?: readonly AdapterLimit[];
  /**
   * Start a real server on 127.0.0.1 with the adapter made with exactly these options; each call has options of its own.
   * One server may serve all calls, as long as each gets a `url` of its own.
   */
  start(variant: AdapterVariant, options: ReceiverOptions): Promise<RunningAdapter>;
}

/** A started app. */
export interface RunningAdapter {
  /** Where the adapter listens. */
  readonly url: string;
  /**
   * Of `plain`: where the app takes a POST with JSON, parses it with the framework's own parser and answers 200 with the
   * same JSON.
   */
  readonly siblingUrl?: string | undefined;
  /** Of `plain`: where the app answers GET, POST and DELETE with 200 and the text `other`. */
  readonly otherUrl?: string | undefined;
  /** Stop the server, if it is this call's own, and close the receiver. */
  close(): Promise<void>;
}
