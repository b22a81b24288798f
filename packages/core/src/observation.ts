import type { TwentyEvent } from './events.ts';
import type { Outcome } from './outcome.ts';

/**
 * What `observe` gets: every outcome, with an inbox the end of every job, without one what became of handlers that outlived
 * their deadline. `status` tells them apart.
 */
export type Observation = Outcome | LateSettlement | JobEnded;

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

/** A job of the inbox has come to its end, as far as its event can be read. After a crash it may be seen a second time. */
export interface JobEnded {
  readonly status: 'job';
  /** With `dead`, no run is left: see `cause`, and `inspection` of the inbox. */
  readonly result: 'done' | 'dead';
  readonly handlerName: string;
  /** The job's, and the `idempotencyKey` of its runs. */
  readonly key: string;
  /** How often it was run. */
  readonly attempt: number;
  readonly event: TwentyEvent;
  /** What was thrown. */
  readonly cause?: unknown;
}
