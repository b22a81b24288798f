import { patternsOf } from '../packages/core/src/patterns.ts';
import { documentedEvents, sampleEvent } from '../packages/testing/src/sample-event.ts';
import { interfaceTable, type Member, membersOf, table } from './interface-table.ts';

const objects = new URL('../packages/core/src/objects.ts', import.meta.url);
const events = new URL('../packages/core/src/events.ts', import.meta.url);

/** What every event has. */
export const eventMembers = (): string => interfaceTable(events, 'BaseEvent');

/** Every event that Twenty is known to send, by its object. */
export function eventNames(): string {
  const actions = new Map<string, string[]>();
  for (const event of documentedEvents) {
    const last = event.lastIndexOf('.');
    const object = event.slice(0, last);
    actions.set(object, [...(actions.get(object) ?? []), `\`${event.slice(last + 1)}\``]);
  }
  const rows = [...actions].map(([object, names]) => [`\`${object}.…\``, kindOf(object), names.join(', ')]);
  return table(['event', 'kind', 'actions'], rows);
}

/** Which patterns match an event, said by what matches them in the receiver. */
export function matchingPatterns(): string {
  const some = ['person.created', 'opportunity.updated', 'rocket.destroyed', 'metadata.view.updated', 'ping'];
  const rows = some.map((event) => [
    `\`${event}\``,
    patternsOf(event)
      .map((pattern) => `\`${pattern}\``)
      .join(', '),
  ]);
  return table(['event', 'patterns that match it'], rows);
}

/** The fields of each object, and of what these fields are made of. */
export function recordFields(): string {
  const known = membersOf(objects, 'TwentyObjects');
  const records = known.map(({ name, type }) => `### ${name}\n\n${interfaceTable(objects, type)}`);
  const composites = compositesOf(['BaseRecord', ...known.map(({ type }) => type)]);
  return [
    `### Fields of every record\n\n${interfaceTable(objects, 'BaseRecord')}`,
    ...records,
    `### Fields that have parts\n\n${table(['type', 'parts'], composites.map(toParts))}`,
  ].join('\n\n');
}

/** Named types that the fields of these interfaces have, in order, each once. */
function compositesOf(interfaces: readonly string[]): readonly string[] {
  const types = interfaces.flatMap((name) => membersOf(objects, name)).map(({ type }) => type);
  return [...new Set(types.flatMap((type) => type.match(/\b[A-Z]\w+Field\b/g) ?? []))];
}

function toParts(type: string): readonly string[] {
  const parts = membersOf(objects, type).map(
    ({ name, type, text }: Member) => `\`${name}\`: \`${type}\`${text === '' ? '' : ` (${text.replace(/\.$/, '')})`}`,
  );
  return [`\`${type}\``, parts.join('<br>')];
}

/** As the bodies have it: an event without a record is one of the schema. */
const kindOf = (object: string): string => ('record' in sampleEvent(`${object}.created`) ? 'record' : 'metadata');
