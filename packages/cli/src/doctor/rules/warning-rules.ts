import { explainRefusal } from '../explain-refusal.ts';
import { type Finding, isGenuine, namesOf, type Rule } from '../finding.ts';
import { answeredAfterMs, isAccepted, isRefused, type ProbeResults } from '../probe.ts';

/** Genuine deliveries were refused, and none of the other rules knows why. */
function otherRefusals(open: ProbeResults): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const result of open.values()) {
    if (!isGenuine(result) || !isRefused(result)) continue;
    const { why, fix } = explainRefusal(result);
    const probes = [...(findings.get(why)?.probes ?? []), result.probe.name];
    findings.set(why, { code: 'rejects-genuine', verdict: 'fault', probes, twenty: `lost: ${why}`, fix });
  }
  return [...findings.values()];
}

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

function slow(open: ProbeResults): readonly Finding[] {
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

function otherSuccess(open: ProbeResults): readonly Finding[] {
  const probes = namesOf(
    open,
    (result) =>
      isGenuine(result) && isAccepted(result) && result.result?.kind === 'answer' && result.result.status !== 200,
  );
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

const nearMs = 3_000;

/** What is left, and what may go wrong one day. */
export const warningRules: readonly Rule[] = [otherRefusals, acknowledgedGet, slow, otherSuccess];
