import { knownCode } from '../../http/explain-code.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { type Finding, isGenuine } from '../finding.ts';
import { isRefused, type ProbeName, type ProbeResult, type ProbeResults } from '../probe.ts';

/** Find what a receiver of this project says itself, before others guess from what it happened to. */
export function ownCodes(open: ProbeResults): readonly Finding[] {
  return refusals(open, (one) => {
    const { code = '' } = (one.result?.kind === 'answer' && knownCode(one.result)) || {};
    return /^[A-Z]/.test(code) && code !== 'BODY_TOO_LARGE';
    // Where a handler fails on some kind of event only, the kind says more than the code.
  }).filter(({ probes }) => probes.some((name) => !kinds.includes(name)));
}

/** Find genuine deliveries that were refused, and none of the other rules knows why. */
export const otherRefusals = (open: ProbeResults): readonly Finding[] => refusals(open, () => true);

function refusals(open: ProbeResults, fits: (result: ProbeResult) => boolean): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const result of open.values()) {
    if (!isGenuine(result) || !isRefused(result) || !fits(result)) continue;
    const { why, fix } = explainRefusal(result);
    const probes = [...(findings.get(why)?.probes ?? []), result.probe.name];
    findings.set(why, { code: 'rejects-genuine', verdict: 'fault', probes, twenty: `lost: ${why}`, fix });
  }
  return [...findings.values()];
}

const kinds: readonly ProbeName[] = [
  'same-record',
  'record-updated',
  'record-deleted',
  'unknown-event',
  'metadata-view',
  'metadata-object',
  'unknown-shape',
];
