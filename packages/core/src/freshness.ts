import type { RejectionCode } from './errors.ts';

/** Read a timestamp header: milliseconds since 1970, nothing but its digits. `undefined` if it has another form. */
export function parseTimestamp(text: string): number | undefined {
  const value = Number(text);
  // Only the plain form comes back as the same text: no sign, space, fraction, exponent or leading zero.
  return value >= 0 && Number.isSafeInteger(value) && String(value) === text ? value : undefined;
}
/** Judge a genuine timestamp against the receiver's clock, both sides; exactly at the tolerance is still fresh. */
export function judgeFreshness(
  signedAtMs: number,
  nowMs: number,
  toleranceSeconds: number,
): Extract<RejectionCode, 'TIMESTAMP_TOO_OLD' | 'TIMESTAMP_IN_FUTURE'> | undefined {
  const ageMs = nowMs - signedAtMs;
  if (ageMs > toleranceSeconds * 1000) return 'TIMESTAMP_TOO_OLD';
  return ageMs < -toleranceSeconds * 1000 ? 'TIMESTAMP_IN_FUTURE' : undefined;
}
