import { WebhookError } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import type { Handler, HandlerOptions } from './handler.ts';
import { checkPattern, isUpdatedPattern, patternsOf } from './patterns.ts';

export interface RegisteredHandler {
  readonly name: string;
  readonly run: Handler;
  readonly fields: readonly string[] | undefined;
}

/** The handlers of one receiver, by pattern. */
export interface Dispatch {
  /** @throws PATTERN_INVALID, OPTION_INVALID, HANDLER_DUPLICATE */
  add(pattern: string, options: HandlerOptions, run: Handler): void;
  /** The handlers of an event, each once. */
  match(event: TwentyEvent): readonly RegisteredHandler[];
  isEmpty(): boolean;
}

export function createDispatch(): Dispatch {
  const byPattern = new Map<string, RegisteredHandler[]>();
  const names = new Set<string>();
  // Event names repeat; what they match does not change until a handler is added.
  const byEvent = new Map<string, Found>();

  const find = (event: string): Found => {
    const handlers = [...new Set(patternsOf(event))].flatMap((pattern) => byPattern.get(pattern) ?? []);
    const found = { handlers, dependsOnFields: handlers.some(({ fields }) => fields !== undefined) };
    if (byEvent.size < maxRemembered) byEvent.set(event, found);
    return found;
  };

  return {
    add(pattern, { name = pattern, fields }, run) {
      checkPattern(pattern);
      if (typeof run !== 'function') throw invalid(pattern, 'its handler is not a function');
      if (fields !== undefined && !isUpdatedPattern(pattern))
        throw invalid(pattern, '`fields` is for patterns that end in .updated');
      if (fields?.length === 0) throw invalid(pattern, '`fields` is empty, so that it would never run');
      if (names.has(name)) {
        throw new WebhookError(
          'HANDLER_DUPLICATE',
          `Two handlers have the name ${JSON.stringify(name)}, so a redelivery could not tell which has run. Give each a name of its own: on(pattern, { name: '…' }, handler).`,
        );
      }
      names.add(name);
      byEvent.clear();
      byPattern.set(pattern, [...(byPattern.get(pattern) ?? []), { name, run, fields: fields?.map(withoutId) }]);
    },
    match(event) {
      const { handlers, dependsOnFields } = byEvent.get(event.event) ?? find(event.event);
      return dependsOnFields ? handlers.filter(({ fields }) => hasChanged(event, fields)) : handlers;
    },
    isEmpty: () => names.size === 0,
  };
}

interface Found {
  readonly handlers: readonly RegisteredHandler[];
  readonly dependsOnFields: boolean;
}

const maxRemembered = 1_000;

function hasChanged(event: TwentyEvent, fields: readonly string[] | undefined): boolean {
  if (fields === undefined) return true;
  return event.kind !== 'unknown' && event.data.updatedFields.some((field) => fields.includes(withoutId(field)));
}

// A changed relation is named `company`, `companyId` or both, depending on the format.
const withoutId = (field: string): string => field.replace(/(?<=.)Id$/, '');

const invalid = (pattern: string, problem: string): WebhookError =>
  new WebhookError('OPTION_INVALID', `The handler of ${JSON.stringify(pattern)} cannot be used: ${problem}.`);
