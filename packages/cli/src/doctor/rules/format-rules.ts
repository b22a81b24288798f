import { explainRefusal } from '../explain-refusal.ts';
import { type Finding, namesOf, type Rule } from '../finding.ts';
import { isAccepted, isRefused, type ProbeName, type ProbeResults } from '../probe.ts';
import { reserialised } from '../reserialised.ts';

/** Whether genuine deliveries go through at all, and in which format. */
function formats(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, isRefused, ['server-format', 'envelope-format']);
  const [first] = refused;
  const result = first === undefined ? undefined : open.get(first);
  if (first === undefined || result === undefined) return [];
  const { why, fix } = explainRefusal(result);
  const taken = namesOf(all, isAccepted, ['server-format', 'envelope-format']);
  if (taken.length === 0) {
    const [tampered] = namesOf(open, isAccepted, ['tampered']);
    const told = tampered === undefined ? namesOf(open, isAccepted, [...tellers.keys()])[0] : undefined;
    const cause = told === undefined ? undefined : tellers.get(told);
    if (cause !== undefined) {
      const follows = namesOf(open, (one) => one.probe.expects !== 'refuse').filter((name) => !refused.includes(name));
      return [{ ...cause, probes: refused, follows }];
    }
    return [
      {
        code: 'rejects-genuine',
        verdict: 'fault',
        probes: refused,
        // That these are refused says nothing where everything is.
        follows: namesOf(open, isRefused).filter((name) => !refused.includes(name)),
        twenty: `lost: ${why}`,
        fix,
      },
    ];
  }
  if (first === 'server-format') {
    return [
      {
        code: 'server-format-rejected',
        verdict: 'fault',
        probes: refused,
        twenty: `lost: Twenty servers send this format, and it takes only that of the guide (${why})`,
        fix: 'Verify X-Twenty-Webhook-Signature too: hex HMAC-SHA256 over timestamp, ":" and the body; read eventName and record. @twenty-webhooks/core does both formats.',
      },
    ];
  }
  return [
    {
      code: 'envelope-format-rejected',
      verdict: 'warning',
      probes: refused,
      twenty: `lost, should your Twenty send what its guide describes; servers of 2025 and 2026 do not (${why})`,
      fix: 'Take X-Twenty-Signature (sha256= and the HMAC over the body) as well, or say --format server to doctor.',
    },
  ];
}

/** What an endpoint that refuses everything else says by taking one of these. */
const tellers: ReadonlyMap<ProbeName, Omit<Finding, 'probes'>> = new Map<ProbeName, Omit<Finding, 'probes'>>([
  [
    'original-bytes',
    {
      code: 'rejects-genuine',
      verdict: 'fault',
      twenty: 'lost: it takes plain ASCII, and Twenty sends names as they are written: é, 漢, 🚀',
      fix: 'Verify the bytes as received, and read them as UTF-8, not as latin1.',
    },
  ],
  ['rewritten-bytes', reserialised],
  [
    'guide-code',
    {
      ...reserialised,
      fix: "This is the code of Twenty's guide: after express.raw, JSON.stringify(req.body) is that of a Buffer, and no genuine delivery passes. Verify req.body itself, and X-Twenty-Webhook-Signature, which servers send. @twenty-webhooks/express does both.",
    },
  ],
]);

export const formatRules: readonly Rule[] = [formats];
