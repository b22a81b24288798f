import { expectedEvent } from './parsed-event.ts';
import { hmacOf } from './signature.ts';

export interface ExpectedOf {
  readonly method: string;
  /** By names in lower case; several of one name are joined already. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly secrets: readonly string[];
  readonly signatures: readonly ('timestamped' | 'plain')[];
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
  readonly nowMs: number;
}

/** What must become of a request, step by step in the order of the design; `genuine` leaves the rest to the handlers. */
export function expectedOutcome(given: ExpectedOf): string {
  const { method, headers, body, maxBodyBytes } = given;
  if (method !== 'POST') return 'METHOD_NOT_ALLOWED';
  if (!['', 'identity'].includes(headers.get('content-encoding')?.toLowerCase() ?? ''))
    return 'CONTENT_ENCODING_UNSUPPORTED';
  if (body.length > maxBodyBytes) return 'BODY_TOO_LARGE';
  if (body.length === 0) return 'BODY_EMPTY';
  const refusal = signatureRefusal(given);
  if (refusal !== undefined) return refusal;
  const event = expectedEvent(body);
  return typeof event === 'string' ? event : 'genuine';
}

/** What is wrong with signature and time, if anything is. */
export function signatureRefusal(given: Omit<ExpectedOf, 'method' | 'maxBodyBytes'>): string | undefined {
  const { headers, body, secrets, signatures, toleranceSeconds, nowMs } = given;
  const signature = headers.get('x-twenty-webhook-signature');
  const timestamp = headers.get('x-twenty-webhook-timestamp');
  const hasFamily = signature !== undefined || timestamp !== undefined;
  if (signatures.includes('timestamped') && (hasFamily || !signatures.includes('plain'))) {
    if (signature === undefined || signature === '') return 'SIGNATURE_MISSING';
    if (timestamp === undefined || timestamp === '') return 'TIMESTAMP_MISSING';
    if (signature.length !== 64) return 'SIGNATURE_MALFORMED';
    if (!/^[0-9]{1,15}$/.test(timestamp) || timestamp.startsWith('0')) return 'TIMESTAMP_MALFORMED';
    if (!isHex(signature)) return 'SIGNATURE_MALFORMED';
    if (!secrets.some((secret) => hmacOf(secret, `${timestamp}:`, body) === signature.toLowerCase()))
      return 'SIGNATURE_MISMATCH';
    const ageSeconds = (nowMs - Number(timestamp)) / 1000;
    if (ageSeconds > toleranceSeconds) return 'TIMESTAMP_TOO_OLD';
    return ageSeconds < -toleranceSeconds ? 'TIMESTAMP_IN_FUTURE' : undefined;
  }
  const plain = headers.get('x-twenty-signature');
  if (plain === undefined || plain === '') return 'SIGNATURE_MISSING';
  if (plain.slice(0, 7) !== 'sha256=' || plain.length !== 71 || !isHex(plain.slice(7))) return 'SIGNATURE_MALFORMED';
  return secrets.some((secret) => hmacOf(secret, '', body) === plain.slice(7).toLowerCase())
    ? undefined
    : 'SIGNATURE_MISMATCH';
}

const isHex = (text: string): boolean => [...text].every((digit) => '0123456789abcdefABCDEF'.includes(digit));
