import type { RejectionCode } from './errors.ts';
import { reasonOf } from './outcome.ts';
import type { RequestHead } from './request-head.ts';

/** What is known of a refused delivery without parsing it. */
export interface Evidence {
  readonly method: string;
  readonly head: RequestHead;
  readonly body?: Uint8Array;
  readonly signedAtMs?: number | undefined;
  /** Whether a secret starts or ends with white space. */
  readonly hasSpacedSecret: boolean;
}

/** Say why a delivery was refused: the meaning of the code, and what points to one of the usual mistakes. */
export function explain(code: RejectionCode, evidence: Evidence): string {
  const hint = hintOf(code, evidence);
  return hint === undefined ? reasonOf(code) : `${reasonOf(code)}. ${hint}`;
}

function hintOf(
  code: RejectionCode,
  { method, head, body, signedAtMs, hasSpacedSecret }: Evidence,
): string | undefined {
  if (
    code === 'METHOD_NOT_ALLOWED' &&
    method === 'GET' &&
    (head['x-twenty-webhook-signature'] || head['x-twenty-signature'])
  ) {
    return 'A redirect turned the POST into it: give Twenty the final URL';
  }
  if (code === 'TIMESTAMP_TOO_OLD' && signedAtMs !== undefined && signedAtMs < 100_000_000_000) {
    return 'The timestamp is in seconds, not milliseconds';
  }
  if (code !== 'SIGNATURE_MISMATCH') return undefined;
  if (hasSpacedSecret) return 'The secret starts or ends with white space';
  if (body !== undefined && !isCompact(body)) {
    return 'The body is not compact JSON: re-serialised, or a line end added';
  }
  return undefined;
}

/** Whether it looks like the output of `JSON.stringify`: `{"…}`. */
const isCompact = (body: Uint8Array): boolean => body[0] === 0x7b && body[1] === 0x22 && body[body.length - 1] === 0x7d;
