import { twentyTimeoutMs } from '../../http/twenty-limits.ts';
import { type Finding, isGenuine, namesOf } from '../finding.ts';
import { answeredAfterMs, isAccepted, isTimeout, type ProbeResult, type ProbeResults, textOf } from '../probe.ts';

/** Find what Twenty would not have waited for. */
export function tooSlow(open: ProbeResults): readonly Finding[] {
  const slow = namesOf(open, (result) => isGenuine(result) && isTooSlow(result));
  if (slow.length === 0) return [];
  const quick = namesOf(open, (result) => isGenuine(result) && isAccepted(result) && !isTooSlow(result));
  const [first] = open.keys();
  if (slow.length === 1 && slow[0] === first && quick.length >= 2) {
    return [
      {
        code: 'slow',
        verdict: 'warning',
        probes: slow,
        twenty: 'lost, if Twenty had sent it: it hangs up after 5 s. Only the first answer took so long',
        fix: 'Let it start up before it takes requests. A development server that compiles at the first request needs nothing.',
      },
    ];
  }
  return [
    {
      code: 'too-slow',
      verdict: 'fault',
      probes: slow,
      // While the first still runs, the same event again can be refused for good reason.
      follows: namesOf(
        open,
        (result) =>
          isTimeout(result) ||
          (!isAccepted(result) && ['replay', 'duplicate', 'same-nonce'].includes(result.probe.name)),
      ).filter((name) => !slow.includes(name)),
      twenty: `lost: Twenty hangs up after ${twentyTimeoutMs / 1_000} s and never sends it again`,
      fix: 'Store the event, answer 200, and do the work afterwards: with an inbox (sqliteInbox, postgresInbox, redisInbox) that is all that is needed.',
    },
  ];
}

/** Also what gave up in time to say so, since it would have taken longer. */
function isTooSlow(result: ProbeResult): boolean {
  if (isTimeout(result)) return true;
  const hasGivenUp =
    answeredAfterMs(result) > givingUpMs &&
    result.result?.kind === 'answer' &&
    ([502, 503, 504].includes(result.result.status) || /HANDLER_TIMEOUT/.test(textOf(result)));
  return hasGivenUp || (isAccepted(result) && answeredAfterMs(result) > twentyTimeoutMs);
}

/** Find what Twenty would just have waited for. */
export function slow(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(open, (result) => isGenuine(result) && isAccepted(result) && answeredAfterMs(result) > nearMs);
  if (probes.length === 0) return [];
  return [
    {
      code: 'slow',
      verdict: 'warning',
      probes,
      twenty: 'delivered, but close to the 5 s after which Twenty hangs up',
      fix: 'Store the event, answer 200, and do the work afterwards (an inbox).',
    },
  ];
}

const givingUpMs = 4_000;
const nearMs = 3_000;
