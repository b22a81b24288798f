import { answerShape } from '../answer-shape.ts';
import { type Finding, firstTaken, namesOf, type Rule } from '../finding.ts';
import {
  isAccepted,
  isRefused,
  type ProbeName,
  type ProbeResult,
  type ProbeResults,
  statusOf,
  textOf,
} from '../probe.ts';
import { ownCodes } from './refusal-rules.ts';

/** Find events that are taken for known ones, nothing handled them. Only answers tell from outside. */
export function takesNewForKnown(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const isKnown = knownTest(all);
  const probes = namesOf(open, isKnown, freshNames);
  if (probes.length === 0) return [];
  const isOfRecord = probes.every((name) => name === 'same-record');
  return [
    {
      code: 'takes-new-for-known',
      verdict: 'fault',
      probes,
      follows: namesOf(open, (one) => one.probe.expects !== 'refuse' && isKnown(one)).filter(
        (name) => !probes.includes(name),
      ),
      twenty: `lost: ${isOfRecord ? 'what happens next to a record' : 'a new event'} is taken for a known one, and not handled`,
      fix: 'Tell events by a digest of the body without eventDate: many have the same record, imports give many records one updatedAt, and in what servers send event.id is undefined.',
    },
  ];
}

/** Events that nobody has sent before; of other kinds an answer may differ for other reasons. */
const freshNames: readonly ProbeName[] = [
  'original-bytes',
  'same-record',
  'record-updated',
  'large-150-kb',
  'large-2-mb',
  'control',
];

/** Whether an answer says that an event is known: as the same request again was answered, or in words. */
function knownTest(all: ProbeResults): (one: ProbeResult) => boolean {
  const fresh = firstTaken(all);
  if (fresh === undefined) return () => false;
  const again = [all.get('replay'), all.get('duplicate')].filter((one) => one !== undefined);
  return (one) =>
    (isAccepted(one) || statusOf(one) === 409 || (statusOf(one) < 500 && saysDuplicate(one))) &&
    answerShape(one) !== answerShape(fresh) &&
    (again.some((other) => other !== one && sameAs(other, one)) || (saysDuplicate(one) && !saysDuplicate(fresh)));
}

function nonces(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const sameNonce = open.get('same-nonce');
  const duplicate = all.get('duplicate');
  const isKnown = knownTest(all);
  if (sameNonce === undefined || !firstTaken(all)) return [];
  // Who knows the event by itself may well refuse nonces: Twenty sends none twice.
  if (duplicate !== undefined && isKnown(duplicate)) return [];
  const isFailure = statusOf(sameNonce) >= 500 && !sameAs(sameNonce, all.get('replay'));
  if (!(isRefused(sameNonce) && !isFailure) && !isKnown(sameNonce)) return [];
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

const sameAs = (one: ProbeResult, other: ProbeResult | undefined): boolean =>
  other !== undefined && answerShape(one) === answerShape(other);

function refusedDuplicates(open: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, isRefused, ['duplicate', 'rerun']);
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
  const [fresh, replay] = [firstTaken(all), all.get('replay')];
  if (fresh === undefined || replay === undefined || !isAccepted(replay) || sameAs(replay, fresh)) return [];
  if (all.get('same-nonce') !== undefined && !open.has('same-nonce')) return [];
  const probes = namesOf(open, (one) => isAccepted(one) && sameAs(one, fresh), ['duplicate', 'rerun']);
  if (probes.length === 0) return [];
  const isSameBody = probes.includes('duplicate');
  return [
    {
      code: 'misses-duplicates',
      verdict: 'warning',
      probes,
      twenty: `delivered twice, and handled twice: ${isSameBody ? 'only the very same request is known again, and Twenty signs each send anew' : 'where a job of Twenty runs twice, its events come again with another eventDate'}`,
      fix: 'Tell duplicates by the event: its id, or a digest of the body without eventDate.',
    },
  ];
}

export const saysDuplicate = (probed: ProbeResult): boolean =>
  /\b(dup(licate)?|already|seen|known|replay(ed)?|processed before)\b/i.test(textOf(probed));

/** What the endpoint takes for the same event. */
export const duplicateRules: readonly Rule[] = [ownCodes, nonces, refusedDuplicates, missedDuplicates];
