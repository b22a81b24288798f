import type { Delivery } from './delivery.ts';
import type { TwentyEvent } from './events.ts';

/** Your code for an event. What it returns does not matter, only whether it throws; a promise is awaited. */
export type Handler<TEvent = TwentyEvent> = (event: TEvent, context: HandlerContext) => unknown;

/** What a handler gets beside the event: facts of this run of it. */
export interface HandlerContext {
  /** 1 for the first run; more only with an inbox. */
  readonly attempt: number;
  /** With an inbox: whether this handler has handled a newer `record.updatedAt` of this record already. Inline: `false`. */
  readonly isStale: boolean;
  /** Aborts when the time is up: pass it to `fetch` and to everything else that can wait. */
  readonly signal: AbortSignal;
  /** Facts of the HTTP attempt that brought the event. */
  readonly delivery: Delivery;
  /** Same for every run of this handler for this event, and for no other: pass it to services that take such a key. */
  readonly idempotencyKey: string;
}

/** What `receiver.on` may say about a handler, beside its pattern. */
export interface HandlerOptions {
  /** Run only if one of these fields changed; `company` and `companyId` are the same. For `….updated` patterns only. */
  readonly fields?: readonly string[];
  /** Unique in the receiver, and stable: known events are remembered under it. @default the pattern */
  readonly name?: string;
}
