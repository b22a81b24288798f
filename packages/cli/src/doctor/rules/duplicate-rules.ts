import { answerShape } from '../answer-shape.ts';
import { type Finding, namesOf, type Rule } from '../finding.ts';
import { isAccepted, isRefused, type ProbeResult, type ProbeResults, textOf } from '../probe.ts';

/** Only answers tell from outside; where they are all alike, nothing can be said. */
function nonces(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const fresh = all.get('server-format');
  const sameNonce = open.get('same-nonce');
  if (fresh === undefined || sameNonce === undefined || !isAccepted(fresh)) return [];
  const replay = all.get('replay');
  const isDifferent = answerShape(sameNonce) !== answerShape(fresh);
  const isLikeReplay = replay !== undefined && answerShape(sameNonce) === answerShape(replay);
  if (!isRefused(sameNonce) && !(isDifferent && (isLikeReplay || saysDuplicate(sameNonce)))) return [];
  return [
    {
      code: 'dedupes-by-nonce',
      verdict: 'fault',
      probes: ['same-nonce'],
      twenty:
        'a new event, taken for a known one. The nonce is new at every send and not signed: real duplicates pass, and whoever changes it gets a replay through',
      fix: 'Tell duplicates by the event: its id, or a digest of the body without eventDate, never by X-Twenty-Webhook-Nonce.',
    },
  ];
}

function refusedDuplicates(open: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, isRefused, ['duplicate']);
  if (refused.length === 0) return [];
  return [
    {
      code: 'duplicate-fails',
      verdict: 'fault',
      probes: refused,
      twenty:
        'a failure, though the event is known: by its guide Twenty sends it again, and disables the webhook after six',
      fix: 'Answer 200 to an event that is known already.',
    },
  ];
}

function missedDuplicates(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const [fresh, replay, duplicate] = [all.get('server-format'), all.get('replay'), open.get('duplicate')];
  if (fresh === undefined || replay === undefined || duplicate === undefined) return [];
  const isKnown = (one: ProbeResult): boolean => answerShape(one) !== answerShape(fresh);
  if (!isAccepted(replay) || !isKnown(replay) || !isAccepted(duplicate) || isKnown(duplicate)) return [];
  if (all.get('same-nonce') !== undefined && !open.has('same-nonce')) return [];
  return [
    {
      code: 'misses-duplicates',
      verdict: 'warning',
      probes: ['duplicate'],
      twenty:
        'delivered twice, and handled twice: only the very same request is known again, and Twenty signs each send anew',
      fix: 'Tell duplicates by the event: its id, or a digest of the body without eventDate.',
    },
  ];
}

export const saysDuplicate = (probed: ProbeResult): boolean =>
  /duplicate|already|seen|known|replay|processed before/i.test(textOf(probed));

/** What the endpoint takes for the same event. */
export const duplicateRules: readonly Rule[] = [nonces, refusedDuplicates, missedDuplicates];
