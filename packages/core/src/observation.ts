import type { TwentyEvent } from './events.ts';
import type { Outcome } from './outcome.ts';

/** What `observe` gets: every outcome, and what became of handlers that outlived their deadline. `status` tells them apart. */
export type Observation = Outcome | LateSettlement;

/** A handler that was still running when the answer (503 `HANDLER_TIMEOUT`) went out has come to its end. */
export interface LateSettlement {
  readonly status: 'late';
  /** With `done`, a redelivery is a `duplicate`; with `failed`, a redelivery runs the handler again. */
  readonly result: 'done' | 'failed';
  readonly handlerName: string;
  readonly event: TwentyEvent;
  /** What was thrown. */
  readonly cause?: unknown;
}
