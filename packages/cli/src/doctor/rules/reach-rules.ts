import { twentyTimeoutMs } from '../../http/twenty-limits.ts';
import { printable } from '../../terminal/printable.ts';
import { explainConnectionError, isCut } from '../explain-connection-error.ts';
import { type Finding, isGenuine, namesOf, type Rule } from '../finding.ts';
import {
  answeredAfterMs,
  isAccepted,
  isRedirect,
  isTimeout,
  type ProbeName,
  type ProbeResult,
  type ProbeResults,
  textOf,
} from '../probe.ts';

/** Nobody has answered anything, and nobody has died of it. */
function unreachable(open: ProbeResults): readonly Finding[] {
  const sent = [...open.values()].filter(({ result }) => result !== undefined);
  const [first] = sent;
  if (first?.result?.kind !== 'failure' || sent.some((one) => one.result?.kind === 'answer' || isTimeout(one)))
    return [];
  const { code } = first.result;
  // Cut, and then nobody: that request has ended it.
  if (first.end !== undefined && isCut(code)) return [];
  const [probe, ...follows] = namesOf(open, ({ result }) => result !== undefined);
  return [
    { code: 'unreachable', verdict: 'fault', probes: probe ? [probe] : [], follows, ...explainConnectionError(code) },
  ];
}

/** What a web page answers, or the server of a single-page app: 200, whatever is asked. */
function webPage(open: ProbeResults): readonly Finding[] {
  const isPage = (result: ProbeResult): boolean =>
    isAccepted(result) && result.result?.kind === 'answer' && /html/i.test(result.result.headers['content-type'] ?? '');
  const tampered = open.get('tampered');
  const pages = namesOf(open, isPage);
  if (tampered === undefined || !isPage(tampered) || pages.length < 3) return [];
  return [
    {
      code: 'no-webhook-endpoint',
      verdict: 'fault',
      probes: pages,
      follows: namesOf(open, () => true),
      twenty: 'a web page answers 200 to everything: Twenty takes events for delivered that nobody has read',
      fix: 'Check path and port: the router of a web app answers here, not a webhook endpoint.',
    },
  ];
}

/** Specific rules say more of these. */
const saidElsewhere: readonly ProbeName[] = [
  'large-150-kb',
  'large-2-mb',
  'unknown-event',
  'unknown-shape',
  'metadata-view',
  'metadata-object',
];

function crashes(open: ProbeResults): readonly Finding[] {
  const ended = [...open.values()].filter(({ end }) => end !== undefined);
  // Of several that were under way at once nobody knows which one it was.
  const probed = ended.length > 1 && ended.every(({ end }) => end === 'gone') ? ended : ended.filter(isPuzzling);
  const [killer] = probed;
  if (killer === undefined) return [];
  return [
    {
      code: 'crashes',
      verdict: 'fault',
      probes: probed.map(({ probe }) => probe.name),
      twenty:
        killer.end === 'gone'
          ? 'the endpoint was gone after it: all events are lost until somebody starts it again'
          : 'the endpoint was gone for a moment after it: what comes meanwhile is lost',
      fix:
        killer.probe.name === 'malformed-signature'
          ? 'Compare lengths before timingSafeEqual, which throws on different ones; anybody can send this.'
          : `See its log: "${killer.probe.sent}" ended the process, or what it did after the answer to the probe before. Catch errors in asynchronous handlers.`,
    },
  ];
}

const isPuzzling = ({ probe }: ProbeResult): boolean => !saidElsewhere.includes(probe.name);

function redirects(open: ProbeResults): readonly Finding[] {
  const all = namesOf(open, isRedirect);
  const genuine = namesOf(open, (result) => isGenuine(result) && isRedirect(result));
  const [first] = genuine;
  const result = first === undefined ? undefined : open.get(first)?.result;
  if (result?.kind !== 'answer') return [];
  const location = printable(result.headers.location ?? 'where it leads')
    .replace(/\/\/[^/@]*@/, '//')
    .slice(0, 200);
  const isKept = result.status === 307 || result.status === 308;
  return [
    {
      code: 'redirects',
      verdict: 'fault',
      probes: genuine,
      follows: all.filter((name) => !genuine.includes(name)),
      twenty: isKept
        ? 'follows it and sends the event there: both together get 5 s, and by its guide anything but 200 has failed'
        : 'follows it with an empty GET: the event is lost, and looks delivered if that is answered with 200',
      fix: `Register the address itself with Twenty (and give it to doctor): ${location}. Usual reasons: http for https, a slash at the end, www.`,
    },
  ];
}

function rateLimits(open: ProbeResults): readonly Finding[] {
  const limited = namesOf(open, ({ result }) => result?.kind === 'answer' && result.status === 429);
  if (limited.length === 0) return [];
  return [
    {
      code: 'rate-limits',
      verdict: 'fault',
      probes: limited,
      twenty: 'lost: Twenty sends up to 20 at a time, does not slow down and sends nothing again',
      fix: 'Take the path of the webhook out of the rate limit; who cannot sign is refused anyway.',
    },
  ];
}

function tooSlow(open: ProbeResults): readonly Finding[] {
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

const givingUpMs = 4_000;

/** Who answers at all, and in time. */
export const reachRules: readonly Rule[] = [unreachable, webPage, crashes, redirects, rateLimits, tooSlow];
