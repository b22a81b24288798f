import type { RejectionCode } from './errors.ts';

/** Read a timestamp header: milliseconds since 1970, nothing but its digits. `undefined` if it has another form. */
export function parseTimestamp(text: string): number | undefined {
  // Digit by digit, since this is on the path of every delivery and faster than a pattern and `Number`.
  if (text === '' || text.length > 15 || text.startsWith('0')) return undefined;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
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
