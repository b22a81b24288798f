import { type Finding, namesOf } from '../finding.ts';
import { forgeryNames, isAccepted, type ProbeName, type ProbeResults, unsignedNames } from '../probe.ts';

/** Find forged deliveries that were taken. */
export function forgeries(open: ProbeResults): readonly Finding[] {
  const forged = namesOf(open, isAccepted, forgeryNames);
  const unsigned = namesOf(open, isAccepted, unsignedNames);
  if (forged.length > 0) {
    const [only] = forged.length === 1 ? forged : [];
    return [
      {
        code: 'ignores-signature',
        verdict: 'fault',
        probes: forged,
        follows: [
          ...unsigned,
          ...namesOf(open, isAccepted, ['stale', 'stale-day', 'future']),
          ...(isBlind(open) ? blindNames : []),
        ],
        twenty: 'not from Twenty, and taken: anybody can send such events',
        fix: (only && fixes[only]) ?? usualFix,
      },
    ];
  }
  if (unsigned.length === 0) return [];
  const [only] = unsigned.length === 1 ? unsigned : [];
  return [
    {
      code: 'accepts-unsigned',
      verdict: 'fault',
      probes: unsigned,
      twenty: 'not from Twenty, and taken: anybody who leaves the signature out can send such events',
      fix: (only && fixes[only]) ?? 'Refuse deliveries without a signature header with 401.',
    },
  ];
}

/** Whether it says 200 to all that is sent: then it has looked at nothing, and what is broken is no other mistake. */
const isBlind = (open: ProbeResults): boolean =>
  [...forgeryNames, ...unsignedNames, ...blindNames].every((name) => {
    const result = open.get(name);
    return result?.result === undefined || isAccepted(result);
  });

const blindNames: readonly ProbeName[] = ['not-json', 'not-an-event'];

const usualFix =
  'Verify the signature, over the bytes as received, before anything else, and refuse with 401. (It does not look at it, or it answers before it looks.)';

const addressFix =
  'Do not go by X-Forwarded-For, in which anybody can write 127.0.0.1: verify the signature of everything.';

/** Where one kind alone is taken, it tells what is missing. */
const fixes: { readonly [name in ProbeName]?: string } = {
  'tampered-envelope': usualFix.replace('the signature', 'X-Twenty-Signature too'),
  'last-digit': 'Compare the whole signature, not its beginning.',
  'no-timestamp': 'Refuse deliveries without X-Twenty-Webhook-Timestamp, unless X-Twenty-Signature fits the bytes.',
  'forged-local': addressFix,
  'unsigned-local': addressFix,
  'empty-signature': 'An empty signature header is no signature: refuse it with 401.',
};
