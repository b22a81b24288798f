import { documentedEvents } from '@twenty-webhooks/testing';
import { expect, it } from 'vitest';
import { checkEventName } from './event-name.ts';

it.each([...documentedEvents, 'rocket.created', 'rocket.launched', 'role.created', 'metadata.index.created'])(
  'says nothing about %s',
  (name) => {
    expect(checkEventName(name)).toBeUndefined();
  },
);

it.each([
  ['person.creatd', 'person.created'],
  ['person.create', 'person.created'],
  ['person.upserted', 'person.updated'],
  ['Person.created', 'person.created'],
  ['persn.created', 'person.created'],
  ['people.created', 'person.created'],
  ['companies.update', 'company.updated'],
  ['notes.deleted', 'note.deleted'],
  ['rocket.creatd', 'rocket.created'],
  ['metadata.view.update', 'metadata.view.updated'],
])('takes %s for a slip, but sends it', (name, meant) => {
  expect(checkEventName(name)).toBe(`Warning: Twenty has no ${name}; did you mean ${meant}? It is sent as it is.`);
});

it.each([
  ['person', 'person.created'],
  ['people', 'person.created'],
  ['companies', 'company.created'],
  ['person.', 'person.created'],
  ['task:deleted', 'task.deleted'],
  ['note updated', 'note.updated'],
  ['.created', 'person.created'],
  ['', 'person.created'],
  ['a..created', 'person.created'],
])('refuses %j, which no Twenty could send', (name, meant) => {
  const message = expect.stringContaining(`Did you mean ${meant}?`);
  expect(() => checkEventName(name)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', message }));
});

it.each([
  ['person.*', 'person.created'],
  ['*.updated', 'person.updated'],
  ['*.*', 'person.created'],
])('refuses the pattern %s', (name, example) => {
  expect(() => checkEventName(name)).toThrow(`Name one event: ${example}`);
});
