import { printable } from '../terminal/printable.ts';
import { knownCode } from './explain-code.ts';
import { explainFailure } from './explain-failure.ts';
import { explainStatus } from './explain-status.ts';
import type { HttpAnswer, HttpResult } from './send-request.ts';
import { twentyTimeoutMs } from './twenty-limits.ts';

/**
 * Say in plain words why Twenty would not take a result for success: what happened, the likely cause, the fix. Of the
 * answer only what is known beforehand gets in, and where a redirect leads to, without its query.
 *
 * @returns `undefined` for a 200 within Twenty's 5 seconds
 */
export function explainResult(result: HttpResult): string | undefined {
  if (result.kind === 'failure') return explainFailure(result);
  const reason = explainAnswer(result);
  if (result.durationMs <= twentyTimeoutMs) return reason;
  const took = `${(result.durationMs / 1_000).toFixed(1)} s`;
  if (reason !== undefined) return `${reason} It also took ${took}, and Twenty waits only 5 s.`;
  return (
    `Answered 200 after ${took}, but Twenty hangs up after 5 s and takes the event for lost: the work is done before the ` +
    'answer. Answer once the event is stored (an inbox), and work afterwards.'
  );
}

function explainAnswer(answer: HttpAnswer): string | undefined {
  if (answer.status === 200) return undefined;
  const known = knownCode(answer);
  if (known !== undefined)
    return `${answer.status} ${known.code}: ${known.meaning}${known.meaning.endsWith('?') ? '' : '.'}`;
  return explainStatus(answer.status, {
    asksForLogin: answer.headers['www-authenticate'] !== undefined,
    target: targetOf(answer.headers.location),
  });
}

/** Where a redirect leads to: origin and path, as far as they are given. */
function targetOf(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location, nowhere)) return 'another URL';
  const { protocol, host, origin, pathname } = new URL(location, nowhere);
  if (protocol !== 'http:' && protocol !== 'https:') return 'another URL';
  const start = URL.canParse(location) ? origin : origin === nowhere ? '' : `//${host}`;
  const text = printable(`${start}${pathname}`);
  return text.length > maxTargetLength ? `${text.slice(0, maxTargetLength)}…` : text;
}

// What a path alone is resolved against.
const nowhere = 'http://nowhere.invalid';
const maxTargetLength = 200;
