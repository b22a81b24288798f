import type { RunLine } from '../../bench/src/soak/ledger.ts';

/** What a cluster has seen: what was promised, what was done, who was killed, when the database was down. Times are of one clock. */
export interface ClusterRecord {
  readonly events: number;
  readonly handlers: readonly string[];
  readonly attempts: readonly Attempt[];
  readonly runs: readonly RunLine[];
  readonly kills: readonly Kill[];
  readonly outages: readonly Outage[];
}

/** One HTTP attempt of a delivery. */
export interface Attempt {
  /** Number of the event. */
  readonly event: number;
  /** 0, or 1 for the other one of two at the same moment. */
  readonly copy: number;
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  /** 0 if there was no answer. */
  readonly status: number;
  /** As the answer says: `accepted`, `duplicate`, `INBOX_UNAVAILABLE`, or why there was none. */
  readonly outcome: string;
  readonly id: string | undefined;
  /** Which server it was. */
  readonly upstream: string | undefined;
}

export interface Kill {
  readonly pid: number;
  readonly atMs: number;
}

/** From when all of the database server's processes were gone, until it was told to start. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}
