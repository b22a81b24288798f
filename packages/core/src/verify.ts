import { findKey, type HmacKey, importKey } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';
import { type RejectionCode, WebhookError } from './errors.ts';
import { judgeFreshness, parseTimestamp } from './freshness.ts';
import { aFunction, aSchemeList, checkOptions, numberFrom, type OptionCheck } from './option-checks.ts';
import { reasonOf } from './outcome.ts';
import { type HeadersLike, type RequestHead, readHead } from './request-head.ts';

/** What `verifySignature` needs to know beside the delivery; the receiver's options have the same names. */
export interface VerifyOptions {
  /** One secret, or several during a rotation; used as UTF-8 text exactly as given. */
  readonly secret: string | readonly string[];
  /** @default both */
  readonly signatures?: readonly ('timestamped' | 'plain')[];
  /** How far the sender's clock may be off, both ways; `timestamped` only. @default 300 */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A genuine signature. */
export interface Verification {
  readonly scheme: 'timestamped' | 'plain';
  /** Which of the secrets matched; 0 is the first. */
  readonly secretIndex: number;
  /** The sender's clock, milliseconds since 1970; `undefined` for the `plain` scheme, which has none. */
  readonly signedAtMs: number | undefined;
}

/**
 * Check that Twenty signed exactly these bytes. It throws instead of returning `false`, because a forgotten check of a
 * result would let everybody in.
 *
 * @throws SIGNATURE_MISSING, SIGNATURE_MALFORMED, SIGNATURE_MISMATCH, TIMESTAMP_MISSING, TIMESTAMP_MALFORMED,
 * TIMESTAMP_TOO_OLD, TIMESTAMP_IN_FUTURE; SECRET_MISSING, OPTION_INVALID for options that cannot be used
 * @example
 * const { scheme } = await verifySignature(bytes, request.headers, { secret: process.env.TWENTY_WEBHOOK_SECRET ?? '' });
 */
export async function verifySignature(
  body: Uint8Array,
  headers: HeadersLike,
  options: VerifyOptions,
): Promise<Verification> {
  checkOptions(options, verifyChecks);
  const { signatures = bothSchemes, toleranceSeconds = defaultToleranceSeconds, now = Date.now } = options;
  const keys = importKeys(options.secret);
  const claim = readClaim(readHead(headers), signatures);
  if (typeof claim === 'string') throw new WebhookError(claim, reasonOf(claim));
  const secretIndex = await checkClaim(claim, body, keys, toleranceSeconds, now());
  if (typeof secretIndex === 'string') throw new WebhookError(secretIndex, reasonOf(secretIndex));
  return { scheme: claim.scheme, secretIndex, signedAtMs: claim.signedAtMs };
}

const verifyChecks: { readonly [Name in keyof VerifyOptions]-?: OptionCheck } = {
  // `importKeys` checks it.
  secret: [() => true, ''],
  signatures: aSchemeList,
  toleranceSeconds: numberFrom(0),
  now: aFunction,
};

export const bothSchemes: readonly ('timestamped' | 'plain')[] = ['timestamped', 'plain'];
export const defaultToleranceSeconds = 300;

/** Make keys of one or several secrets. @throws SECRET_MISSING for none, or for an empty one */
export function importKeys(secret: string | readonly string[]): readonly HmacKey[] {
  const secrets = [secret ?? ''].flat();
  if (secrets.length === 0 || secrets.some((one) => typeof one !== 'string' || one === '')) {
    throw new WebhookError(
      'SECRET_MISSING',
      'No secret. Set TWENTY_WEBHOOK_SECRET, or the option secret, to the one that Twenty shows.',
    );
  }
  return secrets.map(importKey);
}

/** What a delivery says of its own signature, not yet believed. */
export interface Claim {
  readonly scheme: 'timestamped' | 'plain';
  /** What is signed before the body. */
  readonly prefix: string;
  /** 64 characters, which ought to be hex digits. */
  readonly hex: string;
  readonly signedAtMs: number | undefined;
}

/**
 * Read the signature headers. If any of the timestamped family is there it decides, so that nobody gets around the time
 * window by adding or spoiling a header.
 */
export function readClaim(head: RequestHead, signatures: readonly string[]): Claim | RejectionCode {
  const {
    'x-twenty-webhook-signature': signature,
    'x-twenty-webhook-timestamp': timestamp,
    'x-twenty-signature': plain,
  } = head;
  const isTimestamped = signature !== undefined || timestamp !== undefined;
  if (signatures.includes('timestamped') && (isTimestamped || !signatures.includes('plain'))) {
    if (!signature) return 'SIGNATURE_MISSING';
    if (!timestamp) return 'TIMESTAMP_MISSING';
    if (signature.length !== 64) return 'SIGNATURE_MALFORMED';
    const signedAtMs = parseTimestamp(timestamp);
    if (signedAtMs === undefined) return 'TIMESTAMP_MALFORMED';
    return { scheme: 'timestamped', prefix: `${timestamp}:`, hex: signature, signedAtMs };
  }
  if (!plain) return 'SIGNATURE_MISSING';
  if (plain.length !== 71 || !plain.startsWith('sha256=')) return 'SIGNATURE_MALFORMED';
  return { scheme: 'plain', prefix: '', hex: plain.slice(7), signedAtMs: undefined };
}

/** Judge a claim: the signature against every key, then, of a genuine one only, the time. Gives the key's index. */
export function checkClaim(
  claim: Claim,
  body: Uint8Array,
  keys: readonly HmacKey[],
  toleranceSeconds: number,
  nowMs: number,
): MaybePromise<number | RejectionCode> {
  const found = findKey(keys, claim.prefix, body, claim.hex);
  if (typeof found === 'number') return judge(claim, found, toleranceSeconds, nowMs);
  return found.then((secretIndex) => judge(claim, secretIndex, toleranceSeconds, nowMs));
}

function judge(
  { hex, signedAtMs }: Claim,
  secretIndex: number,
  toleranceSeconds: number,
  nowMs: number,
): number | RejectionCode {
  if (secretIndex < 0) return /^[0-9a-f]+$/i.test(hex) ? 'SIGNATURE_MISMATCH' : 'SIGNATURE_MALFORMED';
  const stale = signedAtMs === undefined ? undefined : judgeFreshness(signedAtMs, nowMs, toleranceSeconds);
  return stale ?? secretIndex;
}
