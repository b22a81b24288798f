import type { Finding, Rule } from './finding.ts';
import type { ProbeName, ProbeResults } from './probe.ts';
import { duplicateRules } from './rules/duplicate-rules.ts';
import { eventRules } from './rules/event-rules.ts';
import { formatRules } from './rules/format-rules.ts';
import { reachRules } from './rules/reach-rules.ts';
import { signatureRules } from './rules/signature-rules.ts';
import { warningRules } from './rules/warning-rules.ts';

/**
 * Find the causes behind the answers of an endpoint. Rules are asked in order, what is broadest first, and none sees what
 * another has explained: one cause is one finding.
 */
export function diagnose(results: ProbeResults): readonly Finding[] {
  const findings: Finding[] = [];
  const open = new Map(results);
  for (const rule of rules) {
    for (const finding of rule(open, results)) {
      findings.push(finding);
      for (const name of explainedBy(finding)) open.delete(name);
    }
  }
  return findings;
}

const explainedBy = ({ probes, follows = [] }: Finding): readonly ProbeName[] => [...probes, ...follows];

const rules: readonly Rule[] = [
  ...reachRules,
  ...formatRules,
  ...signatureRules,
  ...duplicateRules,
  ...eventRules,
  ...warningRules,
];
