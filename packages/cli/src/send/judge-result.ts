import { knownCode } from '../http/explain-code.ts';
import { explainResult } from '../http/explain-result.ts';
import type { HttpResult } from '../http/send-request.ts';
import type { Twist } from './send-plan.ts';

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
  if (twist !== 'tamper' && twist !== 'stale') return { verdict: reason === undefined ? 'right' : 'wrong', reason };
  const { status } = result;
  if (status >= 200 && status < 300) return { verdict: 'wrong', reason: accepted[twist](status) };
  const code = knownCode(result)?.code;
  // A receiver that says why it refuses has to say this; others are believed.
  if (code === undefined ? isRefusal(status) : code === expectedCode[twist]) {
    return { verdict: 'right', reason: undefined };
  }
  return { verdict: 'wrong', reason: `Not refused for what is wrong with it, so this proves nothing. ${reason}` };
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
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![404, 405, 408, 410, 411, 413, 414, 415, 426, 429, 431].includes(status);
}
