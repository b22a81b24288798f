import { createHash, createHmac } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Cause } from './causes.ts';
import type { SignatureClaim } from './signature-claim.ts';

/** One thing that went wrong. */
export interface Finding {
  readonly cause: Cause;
  /** What exactly, in words: a sentence without its full stop. Holds no secret, signature or body. */
  readonly detail?: string;
}

/** "If this was what happened, the signature would be right": what was signed, with which key. */
export interface Hypothesis {
  readonly findings: readonly Finding[];
  readonly secretIndex: number;
  /** `undefined` for a bare hash. */
  readonly key: string | Uint8Array | undefined;
  readonly message: readonly (string | Uint8Array)[];
}

export interface SearchResult {
  readonly found: Hypothesis | undefined;
  /** Whether work was left when the limit was reached. */
  readonly isCutShort: boolean;
}

/**
 * Find the first hypothesis under which the signature is right; equality of a MAC proves it. The work is limited by
 * count of bytes, not by time, so that the result does not depend on the machine: about two seconds.
 */
export async function findHypothesis(
  claim: SignatureClaim,
  hypotheses: Iterable<Hypothesis>,
  workBytes: number = defaultWorkBytes,
): Promise<SearchResult> {
  let left = workBytes;
  let pauseAt = performance.now() + turnMs;
  for (const hypothesis of hypotheses) {
    if (isRight(claim, hypothesis)) return { found: hypothesis, isCutShort: false };
    left -= workOf(hypothesis);
    if (left < 0) return { found: undefined, isCutShort: true };
    if (performance.now() > pauseAt) {
      // The progress line and Ctrl-C want a turn.
      await setImmediate();
      pauseAt = performance.now() + turnMs;
    }
  }
  return { found: undefined, isCutShort: false };
}

const defaultWorkBytes = 1_000_000_000;
const turnMs = 50;
/** What an HMAC of nothing costs, in bytes hashed in that time. */
const overheadBytes = 5_000;

const workOf = ({ message }: Hypothesis): number => message.reduce((sum, part) => sum + part.length, overheadBytes);

const isRight = (claim: SignatureClaim, hypothesis: Hypothesis): boolean =>
  macOf(claim.algorithm, hypothesis).equals(claim.digest);

/** The MAC that a hypothesis asks for. It must not be shown to anybody. */
export function macOf(algorithm: string, { key, message }: Pick<Hypothesis, 'key' | 'message'>): Buffer {
  const hash = key === undefined ? createHash(algorithm) : createHmac(algorithm, key);
  for (const part of message) hash.update(part);
  return hash.digest();
}
