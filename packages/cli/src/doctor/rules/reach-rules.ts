import { printable } from '../../terminal/printable.ts';
import { explainConnectionError, isCut } from '../explain-connection-error.ts';
import { type Finding, isGenuine, namesOf, type Rule } from '../finding.ts';
import { isAccepted, isRedirect, type ProbeName, type ProbeResult, type ProbeResults, textOf } from '../probe.ts';
import { takesNewForKnown } from './duplicate-rules.ts';
import { rateLimits, unavailable } from './load-rules.ts';
import { tooSlow } from './slow-rules.ts';

/** Nobody has answered anything, and nobody has died of it. */
function unreachable(open: ProbeResults): readonly Finding[] {
  const sent = [...open.values()].filter(({ result }) => result !== undefined);
  const [first] = sent;
  if (first?.result?.kind !== 'failure' || sent.some(({ result }) => result?.kind === 'answer')) return [];
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
  const pages = namesOf(open, (result) => isAccepted(result) && /<!doctype|<html/i.test(textOf(result)));
  if (!pages.includes('tampered') || !pages.includes('empty-get')) return [];
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
  'record-updated',
  'record-deleted',
  'same-record',
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
          : killer.probe.name === 'control'
            ? 'See its log: something that it went on with after an answer ended it. Catch errors in what runs after the 200.'
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
  const [address = ''] = (result.headers.location ?? 'where it leads').split(/[?#]/);
  const location = printable(address.replace(/\/\/[^/@]*@/, '//')).slice(0, 200);
  const isLogin = /(log|sign)[-_]?in|\bauth|\bsso\b/i.test(address);
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
      fix: isLogin
        ? `Let the path of the webhook pass without a login (it leads to ${location}): the signature protects it.`
        : `Register the address itself with Twenty (and give it to doctor): ${location}. Usual reasons: http for https, a slash at the end, www.`,
    },
  ];
}

/** Who answers at all, and in time. */
export const reachRules: readonly Rule[] = [
  unreachable,
  webPage,
  crashes,
  redirects,
  takesNewForKnown,
  unavailable,
  rateLimits,
  tooSlow,
];
