import { knownCode } from '../http/explain-code.ts';
import { explainResult } from '../http/explain-result.ts';
import type { HttpResult } from '../http/send-request.ts';
import { needsControl, type Twist } from './send-plan.ts';

/** `right`: the endpoint did what it should; `wrong`: it did not; `unanswered`: nobody can tell. */
export type Verdict = 'right' | 'wrong' | 'unanswered';

export interface Judgement {
  readonly verdict: Verdict;
  /** What happened, the likely cause, the fix; `undefined` if it is right. */
  readonly reason: string | undefined;
}

/** Judge what became of a delivery: a genuine one has to get a 200 in time, a spoiled one has to be refused. */
export function judgeResult(result: HttpResult, twist: Twist | undefined): Judgement {
  const reason = explainResult(result);
  if (result.kind === 'failure') return { verdict: 'unanswered', reason };
  if (!needsControl(twist)) return { verdict: reason === undefined ? 'right' : 'wrong', reason };
  const { status } = result;
  if (status >= 200 && status < 300) return { verdict: 'wrong', reason: accepted[twist](status) };
  const code = knownCode(result)?.code;
  // A receiver that says why it refuses has to say this; others are believed.
  if (code === undefined ? isRefusal(status) : code === expectedCode[twist]) {
    return { verdict: 'right', reason: undefined };
  }
  return { verdict: 'wrong', reason: `Not refused for what is wrong with it, so this proves nothing. ${reason}` };
}

/** Judge the genuine delivery that goes before spoiled ones: only who accepts it can be believed to refuse those. */
export function judgeControl(result: HttpResult): Judgement {
  const reason = explainResult(result);
  if (result.kind === 'failure') return { verdict: 'unanswered', reason };
  if (result.status >= 200 && result.status < 300) return { verdict: 'right', reason: undefined };
  return {
    verdict: 'wrong',
    reason: `The genuine delivery that goes first is not accepted, so a refusal would prove nothing. ${reason}`,
  };
}

// Codes of a receiver of this project. It checks the signature before the time.
const expectedCode = { tamper: 'SIGNATURE_MISMATCH', stale: 'TIMESTAMP_TOO_OLD' };

const accepted = {
  tamper: (status: number): string =>
    `Accepts forgeries: a body that was changed after signing got a ${status}. The signature is not checked, or not over the bytes that came. Verify them with an adapter, or with verifySignature.`,
  stale: (status: number): string =>
    `Accepts replays: a delivery that was signed 10 minutes ago got a ${status}. X-Twenty-Webhook-Timestamp is not compared with the clock. Refuse what is older than 5 minutes.`,
};

/** Other 4xx say that nobody looked at the signature: a wrong path, a body that is too large, a rate limit. */
const isRefusal = (status: number): boolean => [400, 401, 403, 422].includes(status);
