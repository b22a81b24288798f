import type { DeliverySummary, ForwardResult } from '../listen/inspector-api.ts';
import { formatDuration } from './format-values.ts';

/** After this Twenty has hung up, and the event is lost. */
export const twentyTimeoutMs = 5_000;

/** What to think of an answer of somebody's server. */
export interface ForwardVerdict {
  /** `plain`: a refusal that is right. */
  readonly kind: 'good' | 'plain' | 'bad';
  readonly mark: '✓' | '=' | '✗';
  /** In plain words, where it is not good. */
  readonly reason: string | undefined;
}

/** @param refusal the code of the delivery that was sent, if our own receiver refused it */
export function forwardVerdict(result: ForwardResult, refusal: string | undefined): ForwardVerdict {
  const { status = 0, durationMs, reason } = result;
  if (refusal !== undefined && /^(SIGNATURE|TIMESTAMP)_/.test(refusal)) {
    if (status >= 200 && status < 300) {
      const text = `Your server took a delivery that it should refuse (${refusal}): does it verify the signature and its age?`;
      return { kind: 'bad', mark: '✗', reason: text };
    }
    if (status >= 400 && status < 500) {
      return { kind: 'plain', mark: '=', reason: 'Your server refuses this delivery too, as it should.' };
    }
  }
  const isGood = status === 200 && durationMs <= twentyTimeoutMs;
  return isGood ? { kind: 'good', mark: '✓', reason } : { kind: 'bad', mark: '✗', reason };
}

/** `200 · 12 ms`, `ECONNREFUSED · 3 ms`. */
export const answerText = ({ status, error, durationMs }: ForwardResult): string =>
  `${status ?? error ?? 'no answer'} · ${formatDuration(durationMs)}`;

/** The code that counts for `forwardVerdict`. */
export const refusalOf = ({ status, code }: DeliverySummary): string | undefined =>
  status === 'rejected' ? code : undefined;
