import { type Finding, namesOf, type Rule } from '../finding.ts';
import {
  isAccepted,
  isFailed,
  type ProbeName,
  type ProbeResult,
  type ProbeResults,
  statusOf,
  textOf,
} from '../probe.ts';

function bodyLimit(open: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, isTooLarge, ['large-150-kb', 'large-2-mb']);
  const [first] = refused;
  if (first === undefined) return [];
  const size = first === 'large-150-kb' ? '150 kB' : '2 MB';
  return [
    {
      code: 'body-limit',
      verdict: 'fault',
      probes: [first],
      follows: refused.slice(1),
      twenty: `lost: ${size} is too much for it${goneAfter(open, refused)}. Notes and custom fields have no such limit`,
      fix: `Raise the limit to 5 MB: express.raw({ limit: "5mb" }) (100 kB without it), bodyLimit in Fastify, client_max_body_size in nginx (1 MB without it).`,
    },
  ];
}

/** Other refusals of what is large have other reasons. */
const isTooLarge = (one: ProbeResult): boolean =>
  isFailed(one) &&
  (one.result?.kind !== 'answer' || one.end !== undefined || statusOf(one) === 413 || saysTooLarge.test(textOf(one)));

const saysTooLarge = /too[ _-]?large|BODY_TOO_LARGE/i;

/** Metadata events have no record; the other of unknown shape neither. So what reads one fails on all of them. */
function unknownEvents(open: ProbeResults): readonly Finding[] {
  const metadata = namesOf(open, isFailed, ['metadata-view', 'metadata-object']);
  const shape = namesOf(open, isFailed, ['unknown-shape']);
  const unknown = namesOf(open, isFailed, ['unknown-event']);
  const changes = namesOf(open, isFailed, ['same-record', 'record-updated', 'record-deleted']);
  if (unknown.length > 0 || (shape.length > 0 && metadata.length === 0)) {
    const probes = unknown.length > 0 ? unknown : shape;
    return [
      {
        code: 'fails-on-unknown',
        verdict: 'fault',
        probes,
        follows: [...metadata, ...shape, ...(unknown.length > 0 ? changes : [])].filter(
          (name) => !probes.includes(name),
        ),
        twenty: `a failure${goneAfter(open, probes)}: by its guide Twenty sends it again for a day and then disables the webhook, for all events`,
        fix: 'Answer 200 to genuine events that nothing handles: workspaces have objects of their own, and *.* subscribes to everything.',
      },
    ];
  }
  if (metadata.length === 0) return [];
  return [
    {
      code: 'fails-on-metadata',
      verdict: 'fault',
      probes: metadata,
      follows: shape,
      twenty: `a failure${goneAfter(open, metadata)}: *.* subscribes to schema changes too, and by its guide Twenty disables a webhook that keeps failing`,
      fix: 'Look at the name before reading record or data: metadata.* events have an "event" instead. Answer 200 to them.',
    },
  ];
}

/** Who has tried a new record only has not seen all that comes. */
function changedRecords(open: ProbeResults): readonly Finding[] {
  const deleted = namesOf(open, isFailed, ['record-deleted']);
  const updated = namesOf(open, isFailed, ['same-record', 'record-updated']);
  const fault = { verdict: 'fault', twenty: 'lost: it takes such records when they are new' } as const;
  return [
    ...(deleted.length > 0
      ? [
          {
            ...fault,
            code: 'fails-on-deleted' as const,
            probes: deleted,
            fix: 'Look at the action before reading the state: by the guide what is deleted has attributes null, and its last state in previousAttributes.',
          },
        ]
      : []),
    ...(updated.length > 0
      ? [
          {
            ...fault,
            code: 'fails-on-updated' as const,
            probes: updated,
            fix: 'See its log. A record comes again and again, and what servers send has no previousAttributes, but updatedFields.',
          },
        ]
      : []),
  ];
}

/** What is genuine, but cannot be handled: a 200 to it was not the handler's. */
function acknowledgedFailures(open: ProbeResults): readonly Finding[] {
  const acknowledged = namesOf(open, isAccepted, ['not-json', 'not-an-event']);
  if (acknowledged.length === 0) return [];
  if (acknowledged.includes('not-json')) {
    return [
      {
        code: 'acknowledges-failures',
        verdict: 'fault',
        probes: ['not-json'],
        follows: acknowledged.filter((name) => name !== 'not-json'),
        twenty:
          'takes it for delivered. Nobody can have handled this, so other failures are answered with 200 too, and those events are lost',
        fix: 'Answer 200 only after the event is handled or stored, and 500 from catch. (An endpoint that stores the bytes before it reads them does nothing wrong here.)',
      },
    ];
  }
  return [
    {
      code: 'acknowledges-failures',
      verdict: 'warning',
      probes: acknowledged,
      twenty:
        'takes it for delivered. Right if the endpoint passes over what is no event; wrong if a failure was answered with 200',
      fix: 'Refuse with 400 what is genuine but has no event name, so that it is noticed.',
    },
  ];
}

function goneAfter(open: ProbeResults, names: readonly ProbeName[]): string {
  const end = names.map((name) => open.get(name)?.end).find((one) => one !== undefined);
  if (end === undefined) return '';
  return end === 'gone' ? ', and nobody answers since' : ', and it was gone for a moment';
}

/** What the endpoint does with events that are large, unknown or broken. */
export const eventRules: readonly Rule[] = [bodyLimit, unknownEvents, changedRecords, acknowledgedFailures];
