import { isAccepted, type ProbeName, type ProbeResult, type ProbeResults } from './probe.ts';

/** Stable: scripts read them. */
export type FaultCode =
  | 'accepts-unsigned'
  | 'acknowledges-failures'
  | 'body-limit'
  | 'crashes'
  | 'dedupes-by-nonce'
  | 'duplicate-fails'
  | 'envelope-format-rejected'
  | 'errors-on-forgeries'
  | 'fails-at-first'
  | 'fails-on-deleted'
  | 'fails-on-metadata'
  | 'fails-on-unknown'
  | 'fails-on-updated'
  | 'get-acknowledged'
  | 'ignores-signature'
  | 'ignores-staleness'
  | 'misses-duplicates'
  | 'no-webhook-endpoint'
  | 'not-200'
  | 'rate-limits'
  | 'redirects'
  | 'rejects-genuine'
  | 're-serialises'
  | 'server-format-rejected'
  | 'slow'
  | 'takes-new-for-known'
  | 'too-slow'
  | 'unavailable'
  | 'unreachable';

/** One cause, and all that it explains. */
export interface Finding {
  readonly code: FaultCode;
  /** A fault loses events or lets forgeries in. */
  readonly verdict: 'fault' | 'warning';
  /** The probes that show it. */
  readonly probes: readonly ProbeName[];
  /** The probes whose answers follow from it, and say nothing of their own. */
  readonly follows?: readonly ProbeName[];
  /** What Twenty would make of it. */
  readonly twenty: string;
  readonly fix: string;
}

/** Looks for causes in what nothing has explained yet; `all` has what is explained as well. */
export type Rule = (open: ProbeResults, all: ProbeResults) => readonly Finding[];

/** The names of those probes that fit, in the order in which they were sent. */
export function namesOf(
  results: ProbeResults,
  fits: (result: ProbeResult) => boolean,
  among?: readonly ProbeName[],
): readonly ProbeName[] {
  return [...results.values()]
    .filter((result) => (among === undefined || among.includes(result.probe.name)) && fits(result))
    .map(({ probe }) => probe.name);
}

export const isGenuine = ({ probe }: ProbeResult): boolean => probe.expects === 'accept';

/** The first delivery that was genuine and was taken. */
export const firstTaken = (all: ProbeResults): ProbeResult | undefined =>
  [all.get('server-format'), all.get('envelope-format')].find((one) => one && isAccepted(one));
