import { knownCode } from '../../http/explain-code.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { type Finding, firstTaken, namesOf } from '../finding.ts';
import { isAccepted, isRefused, type ProbeResult, type ProbeResults, statusOf, textOf } from '../probe.ts';

/** Find out that the endpoint refuses at the end what it took before: from where on its answers mean nothing. */
export function unavailable(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const control = open.get('control');
  if (control === undefined || !isRefused(control) || !firstTaken(all)) return [];
  const sent = [...open.values()].filter((one) => one.result && one !== control);
  const later = sent.slice(sent.map((one) => isAccepted(one) && one.probe.name !== 'empty-get').lastIndexOf(true) + 1);
  const [since = control, ...more] = later.filter(
    (one) => statusOf(one) === statusOf(control) && (one.probe.expects !== 'refuse' || statusOf(one) > 422),
  );
  const distrusted = [...more, ...later.filter((one) => one.probe.expects !== 'refuse'), control];
  const isLimit = isRateLimit(control);
  const { why, fix } = explainRefusal(control);
  return [
    {
      code: isLimit ? 'rate-limits' : 'unavailable',
      verdict: 'fault',
      probes: [since.probe.name],
      follows: [...new Set(distrusted.map(({ probe }) => probe.name))].filter((name) => name !== since.probe.name),
      ...(isLimit ? limited : { twenty: `lost: from here on it takes nothing that it took before (${why})`, fix }),
    },
  ];
}

export function rateLimits(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(open, (result) => statusOf(result) === 429);
  return probes.length === 0 ? [] : [{ code: 'rate-limits', verdict: 'fault', probes, ...limited }];
}

/** nginx says 503 for its limit, in these words. */
function isRateLimit(probed: ProbeResult): boolean {
  const { result } = probed;
  if (result?.kind !== 'answer' || knownCode(result) !== undefined) return false;
  const isSaid = Object.keys(result.headers).some((name) => /^retry-after$|rate-?limit/.test(name));
  return (
    result.status === 429 ||
    (result.status === 503 && (isSaid || /rate|too many|temporarily unavailable/i.test(textOf(probed))))
  );
}

const limited = {
  twenty: 'lost: Twenty sends up to 20 at a time, does not slow down and sends nothing again',
  fix: 'Take the path of the webhook out of the rate limit; who cannot sign is refused anyway.',
};
