import type { WireFormat } from '../sign-delivery.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** What a simulated Twenty is like; what is not said is as Twenty does it. */
export interface TwentySimulatorOptions {
  /** Where deliveries go: a webhook is registered for it at the start. Without it, register one over REST. */
  readonly target?: string | undefined;
  /** Of that webhook. `''`: unsigned. @default 64 random hex characters, as Twenty makes them */
  readonly secret?: string | undefined;
  /** What that webhook subscribes to. @default ['*.*'] */
  readonly operations?: readonly string[] | undefined;
  /**
   * `server`: waits 5 s, never tries again. `documented`, as the guide has it: waits 30 s; on anything but 200 tries again
   * after 1 m, 5 m, 30 m, 2 h, 12 h, 24 h, each counted from the failure before. The webhook is disabled when the last of
   * these six has failed.
   * @default 'server'
   */
  readonly delivery?: 'server' | 'documented' | undefined;
  /** @default 'server', or 'envelope' with `documented` delivery */
  readonly format?: WireFormat | undefined;
  /** Of 127.0.0.1. @default 0: a free one */
  readonly port?: number | undefined;
  /** Bearer token of the REST routes. @default a random one */
  readonly apiKey?: string | undefined;
  /** What the REST routes allow; more is a 429. @default 100 */
  readonly requestsPerMinute?: number | undefined;
  readonly faults?: SimulatorFaults | undefined;
  /** Decides what faults happen by chance. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Of records, deliveries, time limits and retries. @default the machine's */
  readonly clock?: SimulatorClock | undefined;
  /** Gets every delivery once it is over, and those that are dropped. What it throws is uncaught. */
  readonly observe?: ((attempt: DeliveryAttempt) => void) | undefined;
  /** How many of the last `attempts` are kept. @default Infinity: all */
  readonly attemptsKept?: number | undefined;
}

/** What goes wrong on purpose. Shares are from 0 to 1, and count for each event and webhook on its own, when a record changes. */
export interface SimulatorFaults {
  /** Share sent twice: the same body bytes under a new timestamp, signature and nonce. */
  readonly duplicate?: number | undefined;
  /** Share sent twice with only `eventDate` changed (envelope: `timestamp`). */
  readonly refanout?: number | undefined;
  /** Share never sent, not even as a duplicate. */
  readonly drop?: number | undefined;
  /** Whether those that wait go out in random order. Decided when one is sent. */
  readonly shuffle?: boolean | undefined;
  /** The simulator answers this first, and its client follows to the target, as Twenty's does. Decided when it sends. */
  readonly redirect?: 301 | 302 | 307 | 308 | undefined;
  /** How many deliveries after a rotation of the secret are still signed with the old one. Decided at the rotation. */
  readonly staleSecret?: number | undefined;
}
