import type { DeliverySummary } from '../listen/inspector-api.ts';
import { fixOf } from './fixes.ts';

/** What to tell a person about one delivery. */
export interface Verdict {
  readonly kind: 'genuine' | 'duplicate' | 'unverified' | 'refused' | 'failed';
  /** Says the same as the colour, for those who do not see it. */
  readonly mark: '✓' | '=' | '?' | '✗' | '!';
  /** `accepted`, `duplicate`, `SIGNATURE_MISMATCH`. */
  readonly word: string;
  /** What happened, in one line. */
  readonly title: string;
  /** Why, or what it means; what the receiver said if it said something. */
  readonly explanation: string;
  /** What to do about it. */
  readonly fix: string | undefined;
}

export function verdictOf(delivery: DeliverySummary): Verdict {
  const { explanation, ...verdict } = judge(delivery);
  return { ...verdict, explanation: toSentence(explanation), fix: fixOf(delivery.code) };
}

function judge({ status, code, reason, scheme }: DeliverySummary): Omit<Verdict, 'fix'> {
  const word = code ?? status;
  if (status === 'rejected') {
    return { kind: 'refused', mark: '✗', word, title: `Refused: ${word}`, explanation: reason ?? '' };
  }
  if (status === 'failed') {
    const title = `Not taken, a fault on this side: ${word}`;
    return { kind: 'failed', mark: '!', word, title, explanation: reason ?? '' };
  }
  if (status === 'duplicate') {
    const explanation =
      reason ?? 'This event came before. Twenty repeats deliveries; handlers do not run again for it.';
    return { kind: 'duplicate', mark: '=', word, title: 'Duplicate of an event that is known', explanation };
  }
  if (scheme === 'unsigned') {
    const explanation =
      reason ?? 'Anybody could have sent it: the receiver runs with --unsigned, so nothing is verified.';
    return { kind: 'unverified', mark: '?', word, title: `Taken without a check: ${word}`, explanation };
  }
  const explanation = reason ?? [schemes[scheme ?? ''], meanings[status]].filter(Boolean).join(' ');
  return { kind: 'genuine', mark: '✓', word, title: `Genuine: ${word}`, explanation };
}

const toSentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;

const schemes: Readonly<Record<string, string>> = {
  timestamped: 'X-Twenty-Webhook-Signature fits the bytes, and its timestamp is fresh.',
  plain: 'X-Twenty-Signature fits the bytes.',
};

const meanings: Readonly<Record<string, string>> = {
  accepted: 'The event is stored.',
  ignored: 'No handler wants such an event.',
  busy: 'The same event was being handled at that moment.',
};
