import type { HostileLoad } from './load.ts';
import type { Tally } from './tally.ts';

/** What somebody with bad intentions does to a server until it is told to stop. */
export interface Attack {
  readonly name: string;
  run(target: Target): Promise<void>;
}

export interface Target {
  readonly port: number;
  readonly load: HostileLoad;
  /** After this a body that is not there must have been answered with 408. */
  readonly bodyTimeoutMs: number;
  /** How much later than promised an answer may come from a server that is busy. */
  readonly graceMs: number;
  /** The attack is over. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
}
