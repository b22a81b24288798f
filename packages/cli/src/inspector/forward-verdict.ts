import { twentyTimeoutMs } from '../http/twenty-limits.ts';
import type { DeliverySummary, ForwardResult } from '../listen/inspector-api.ts';
import { formatDuration } from './format-values.ts';

/** What to think of an answer of somebody's server. */
export interface ForwardVerdict {
  /** `plain`: a refusal that is right. */
  readonly kind: 'good' | 'plain' | 'bad';
  readonly mark: '✓' | '=' | '✗';
  /** In plain words, where it is not good. */
  readonly reason: string | undefined;
}

/** @param refusal the code with which a receiver that is right refuses what was sent, if it does */
export function forwardVerdict(result: ForwardResult, refusal: string | undefined): ForwardVerdict {
  const { status = 0, durationMs, reason } = result;
  if (refusal !== undefined && isRefusal(status, refusal)) {
    return { kind: 'plain', mark: '=', reason: 'Your server refuses this delivery too, as it should.' };
  }
  if (refusal !== undefined && isOfSender(refusal) && status >= 200 && status < 300) {
    const doubt = refusal === 'SIGNATURE_MISMATCH' ? ' Or this listen has another secret than it.' : '';
    const text = `Your server took a delivery that it should refuse (${refusal}): does it verify the signature and its age?${doubt}`;
    return { kind: 'bad', mark: '✗', reason: text };
  }
  const isGood = status === 200 && durationMs <= twentyTimeoutMs;
  return isGood ? { kind: 'good', mark: '✓', reason } : { kind: 'bad', mark: '✗', reason };
}

/** Whether a status says that the delivery is at fault, and not the path, the size or the rate. */
function isRefusal(status: number, refusal: string): boolean {
  if (isOfSender(refusal)) return [400, 401, 403, 422].includes(status);
  return status === otherRefusals[refusal];
}

/** Whether nobody may take what is refused for this. */
export const isOfSender = (code: string): boolean => /^(SIGNATURE|TIMESTAMP)_/.test(code);

/** Not genuine events, but what a server of another make may take. */
const otherRefusals: Readonly<Record<string, number>> = {
  METHOD_NOT_ALLOWED: 405,
  BODY_EMPTY: 400,
  BODY_NOT_UTF8: 400,
  BODY_NOT_JSON: 400,
  BODY_NOT_EVENT: 400,
  BODY_TOO_LARGE: 413,
  CONTENT_ENCODING_UNSUPPORTED: 415,
};

/** `200 · 12 ms`, `ECONNREFUSED · 3 ms`. */
export const answerText = ({ status, error, durationMs }: ForwardResult): string =>
  `${status ?? error ?? 'no answer'} · ${formatDuration(durationMs)}`;

/** The code that counts for `forwardVerdict`. */
export const refusalOf = ({ status, code }: DeliverySummary): string | undefined =>
  status === 'rejected' ? code : undefined;
