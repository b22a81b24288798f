import type { Choices } from '../choices.ts';
import { jsonText, memberText, spaceText, stringText } from './json-text.ts';

/** The text of a body that is an event, or nearly one, in either format. */
export function eventText(choices: Choices): string {
  const isServer = !choices.oneIn(3);
  const name = choices.oneIn(6) ? stringText(choices) : JSON.stringify(eventName(choices));
  const own = (members: readonly string[]): string => membersText(choices, members);
  const time = choices.pick([
    '"2026-11-23T15:35:03.400Z"',
    '"2026-11-23T15:35:03.401Z"',
    '"\\"é\\\\"',
    '""',
    'null',
    '7',
  ]);
  const state = (): string =>
    choices.oneIn(5)
      ? jsonText(choices, 1)
      : own([
          `"id":"record-1"`,
          ...optional(choices, updatedAt),
          ...optional(choices, () => memberText(choices, '"stage"', 1)),
        ]);
  const common = [
    '"workspaceId":"w"',
    ...optional(choices, () => '"webhookId":"h"'),
    ...optional(choices, () => `"userId":${stringText(choices)}`),
    ...optional(choices, () => memberText(choices, '"workspaceMemberId"', 1)),
    ...optional(choices, () => memberText(choices, '"apiKeyId"', 1)),
  ];
  if (isServer) {
    return own([
      `"eventName":${name}`,
      `"eventDate"${spaceText(choices)}:${spaceText(choices)}${time}`,
      `"record":${state()}`,
      ...optional(choices, () => `"updatedFields":${jsonText(choices, 1)}`),
      ...optional(choices, () =>
        choices.oneIn(2) ? `"event":${own(changeMembers(choices))}` : memberText(choices, '"event"', 2),
      ),
      ...common,
    ]);
  }
  const data = own([
    '"id":"record-1"',
    ...optional(choices, () => `"attributes":${state()}`),
    ...optional(choices, () => `"previousAttributes":${state()}`),
    ...(choices.oneIn(3) ? changeMembers(choices) : optional(choices, () => memberText(choices, '"properties"', 2))),
  ]);
  return own([
    `"event":${name}`,
    `"data":${data}`,
    `"timestamp":${time}`,
    ...optional(choices, () => `"id":${stringText(choices)}`),
    ...optional(choices, () => `"eventDate":${time}`),
    ...common,
  ]);
}

/** What a change of the schema says, beside each other or one in the other. */
function changeMembers(choices: Choices): string[] {
  const states = ['updatedFields', 'diff', 'before', 'after'].flatMap((name) =>
    optional(choices, () => memberText(choices, JSON.stringify(name), 2)),
  );
  return [
    ...['metadataName', 'recordId', 'type'].flatMap((name) =>
      optional(choices, () => memberText(choices, JSON.stringify(name), 1)),
    ),
    ...(choices.oneIn(3) ? states : [`"properties":{${states.join(',')}}`]),
  ];
}

export function eventName(choices: Choices): string {
  const object = choices.pick([
    'person',
    'company',
    'rocket',
    'metadata.view',
    'metadata',
    'a.b',
    'métier',
    '__proto__',
    '',
  ]);
  const action = choices.pick([
    'updated',
    'created',
    'deleted',
    'destroyed',
    'restored',
    'delete',
    'launched',
    '',
    '*',
  ]);
  return choices.oneIn(20) ? object : `${object}.${action}`;
}

const updatedAt = (): string => '"updatedAt":"2026-11-23T15:35:03.387Z"';

const optional = (choices: Choices, make: () => string): string[] => (choices.oneIn(2) ? [make()] : []);

/** In any order, since order is the sender's. */
function membersText(choices: Choices, members: readonly string[]): string {
  const left = [...members];
  const ordered: string[] = [];
  while (left.length > 0) ordered.push(...left.splice(choices.below(left.length), 1));
  const space = spaceText(choices);
  return `${space}{${ordered.join(`,${space}`)}${space}}`;
}
