import type { Delivery } from './delivery.ts';
import type { TwentyEvent } from './events.ts';
import type { HandlerContext } from './handler.ts';
import { idempotencyKey } from './idempotency.ts';

/** What the handlers of one event share. */
export interface ContextSource {
  readonly event: TwentyEvent;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

/** The context of a handler inside the request. What most handlers never ask for is made when one does. */
export class InlineContext implements HandlerContext {
  readonly attempt = 1;
  readonly isStale = false;
  readonly delivery: Delivery;
  readonly #source: ContextSource;
  readonly #name: string;
  #key: string | undefined;

  constructor(source: ContextSource, name: string, key: string | undefined) {
    this.delivery = source.delivery;
    this.#source = source;
    this.#name = name;
    this.#key = key;
  }

  get signal(): AbortSignal {
    return this.#source.signal;
  }

  get idempotencyKey(): string {
    const { workspaceId, id } = this.#source.event;
    // Without a key, digests are immediate.
    this.#key ??= idempotencyKey(workspaceId, id, this.#name) as string;
    return this.#key;
  }
}
