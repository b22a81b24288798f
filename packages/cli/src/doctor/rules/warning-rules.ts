import { type Finding, isGenuine, namesOf, type Rule } from '../finding.ts';
import { forgeryNames, isAccepted, type ProbeName, type ProbeResults, statusOf, unsignedNames } from '../probe.ts';
import { otherRefusals } from './refusal-rules.ts';
import { slow } from './slow-rules.ts';

function acknowledgedGet(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(open, isAccepted, ['empty-get']);
  if (probes.length === 0) return [];
  return [
    {
      code: 'get-acknowledged',
      verdict: 'warning',
      probes,
      twenty:
        'takes it for delivered. A redirect to this address (https, www, a slash) makes each POST such a GET: all events would be lost unnoticed',
      fix: 'Answer 405 to everything but POST; put health checks elsewhere.',
    },
  ];
}

function otherSuccess(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(open, (result) => isGenuine(result) && isAccepted(result) && statusOf(result) !== 200);
  if (probes.length === 0) return [];
  return [
    {
      code: 'not-200',
      verdict: 'warning',
      probes,
      twenty: 'delivered for a Twenty server; by its guide anything but 200 has failed, and is sent again',
      fix: 'Answer exactly 200.',
    },
  ];
}

/** Whether it has looked at the signature, nobody can tell. */
function forgeryErrors(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(open, (one) => isForgery(one.probe.name) && statusOf(one) >= 500);
  if (probes.length === 0) return [];
  return [
    {
      code: 'errors-on-forgeries',
      verdict: 'warning',
      probes,
      twenty:
        'not refused, but failed: whether the signature was looked at cannot be seen, and anybody can cause such errors',
      fix: 'Refuse with 401 what is not signed as it should be; compare lengths before timingSafeEqual, which throws on different ones.',
    },
  ];
}

const isForgery = (name: ProbeName): boolean =>
  [...forgeryNames, ...unsignedNames, 'stale', 'stale-day', 'future'].includes(name);

function failedAtFirst(open: ProbeResults): readonly Finding[] {
  const [failed] = [...open.values()].filter(({ firstTry }) => firstTry !== undefined);
  if (failed === undefined) return [];
  return [
    {
      code: 'fails-at-first',
      verdict: 'warning',
      probes: [failed.probe.name],
      twenty: `delivered at the second try; the first was answered with ${failed.firstTry}, and Twenty would not have tried again`,
      fix: 'See its log. Let it start up before it takes requests.',
    },
  ];
}

/** What is left, and what may go wrong one day. */
export const warningRules: readonly Rule[] = [
  otherRefusals,
  forgeryErrors,
  failedAtFirst,
  acknowledgedGet,
  slow,
  otherSuccess,
];
