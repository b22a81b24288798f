import { documentedEvents } from '@twenty-webhooks/testing';
import { recordActions as actions, singularOf } from '../event-names/known-names.ts';
import { nearest } from '../event-names/nearest.ts';
import { CommandError } from '../terminal/command-error.ts';

/**
 * Check that a Twenty could send an event of that name. Any `object.action` passes, since workspaces have objects of their
 * own; what looks like a slip comes back as a warning.
 *
 * @throws EVENT_INVALID
 */
export function checkEventName(name: string): string | undefined {
  const lastDot = name.lastIndexOf('.');
  const object = name.slice(0, Math.max(lastDot, 0));
  const action = name.slice(lastDot + 1);
  if (name.includes('*')) {
    throw new CommandError(
      'EVENT_INVALID',
      `"${name}" is a pattern. Name one event: ${name.replaceAll(/\*/g, exampleFor)}`,
    );
  }
  if (/\s/.test(name) || name.split('.').includes('') || object === '') {
    throw new CommandError(
      'EVENT_INVALID',
      `"${name}" is no event name, which is object.action. Did you mean ${suggestionFor(name)}?`,
    );
  }
  if (documentedEvents.includes(name)) return undefined;
  const meant = [meantObject(object), meantAction(object, action)].join('.');
  return meant === name ? undefined : `Warning: Twenty has no ${name}; did you mean ${meant}? It is sent as it is.`;
}

const objects = [...new Set(documentedEvents.map((name) => name.slice(0, name.lastIndexOf('.'))))];

/** An object that is nearly a known one, is that one: else it is the workspace's own. */
function meantObject(object: string): string {
  const singular = singularOf.get(object);
  if (singular !== undefined) return singular;
  return objects.includes(object) ? object : (nearest(object, objects, 1) ?? object);
}

/** Objects that Twenty knows have its actions and no others; those of a custom object may be only misspelt. */
function meantAction(object: string, action: string): string {
  const isKnown = objects.includes(object);
  if (actions.includes(action) && !object.startsWith('metadata.')) return action;
  return nearest(action, actions, isKnown ? Number.POSITIVE_INFINITY : 2) ?? action;
}

const exampleFor = (_: string, offset: number): string => (offset === 0 ? 'person' : 'created');

function suggestionFor(name: string): string {
  const [object = '', action = ''] = name.trim().split(/[.\s:/_-]+/);
  const known = singularOf.get(object) ?? nearest(object, objects, 2);
  return `${known ?? 'person'}.${nearest(action, actions, 3) ?? 'created'}`;
}
