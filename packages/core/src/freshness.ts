import type { RejectionCode } from './errors.ts';

/** Read a timestamp header: milliseconds since 1970, nothing but its digits. `undefined` if it has another form. */
export function parseTimestamp(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
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
