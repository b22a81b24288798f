import type { Choices } from '../choices.ts';

/** The text of any JSON value: with white space, escapes, duplicate members, numbers that no double holds. */
export function jsonText(choices: Choices, depth = 3): string {
  const kind = choices.below(depth > 0 ? 9 : 6);
  if (kind === 0) return 'null';
  if (kind === 1) return choices.pick(['true', 'false']);
  if (kind === 2) return choices.pick(numbers);
  if (kind <= 5) return stringText(choices);
  const space = spaceText(choices);
  if (kind === 6) return `[${choices.list(3, () => jsonText(choices, depth - 1)).join(`${space},`)}${space}]`;
  const members = choices.list(4, () => memberText(choices, nameText(choices), depth - 1));
  return `{${space}${members.join(`,${space}`)}}`;
}

/** A member of an object, with white space where JSON allows it. */
export function memberText(choices: Choices, name: string, depth: number): string {
  return `${name}${spaceText(choices)}:${spaceText(choices)}${jsonText(choices, depth)}`;
}

export const stringText = (choices: Choices): string => `"${choices.list(4, () => choices.pick(pieces)).join('')}"`;

export const nameText = (choices: Choices): string =>
  choices.oneIn(4) ? stringText(choices) : JSON.stringify(choices.pick(names));

export const spaceText = (choices: Choices): string =>
  choices.oneIn(4) ? choices.pick([' ', '\n', '\t\r\n ', '']) : '';

/** What events are made of, and what confuses objects. */
const names = [
  ...['eventName', 'event', 'record', 'id', 'updatedAt', 'data', 'attributes', 'previousAttributes', 'updatedFields'],
  ...['eventDate', 'timestamp', 'workspaceId', 'webhookId', 'userId', 'workspaceMemberId', 'apiKeyId', 'properties'],
  ...[
    'diff',
    'before',
    'after',
    'type',
    'recordId',
    'metadataName',
    '__proto__',
    'constructor',
    'toJSON',
    'length',
    '',
  ],
];

const numbers = ['0', '-0', '1', '1.5', '1e3', '9007199254740993', '-12345678901234567890', '1e400', '5E-324', '0.1'];

const pieces = [
  ...[
    'a',
    'person',
    '.',
    'created',
    'updated',
    'deleted',
    'metadata',
    '*',
    'Id',
    ' ',
    '/',
    'é',
    '🚀',
    '\u2028',
    '\ufeff',
  ],
  ...[
    '\\"',
    '\\\\',
    '\\n',
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\u00e9',
    '\\"eventDate\\":\\"',
    'eventDate',
    '2026-11-23T15:35:03.387Z',
  ],
];
