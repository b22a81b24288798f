import { WebhookError } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import type { Handler, HandlerOptions } from './handler.ts';
import { checkOptions, invalidOption, isText, listOf, type OptionCheck } from './option-checks.ts';
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
  /** A handler by its name. */
  find(name: string): RegisteredHandler | undefined;
  isEmpty(): boolean;
}

export function createDispatch(): Dispatch {
  const byPattern = new Map<string, RegisteredHandler[]>();
  const byName = new Map<string, RegisteredHandler>();
  // Event names repeat; what they match does not change until a handler is added.
  const byEvent = new Map<string, Found>();

  const find = (event: string): Found => {
    const handlers = [...new Set(patternsOf(event))].flatMap((pattern) => byPattern.get(pattern) ?? []);
    const found = { handlers, dependsOnFields: handlers.some(({ fields }) => fields !== undefined) };
    if (byEvent.size < maxRemembered) byEvent.set(event, found);
    return found;
  };

  return {
    add(pattern, options, run) {
      checkPattern(pattern);
      const owner = ` of the handler for ${JSON.stringify(pattern)}`;
      checkOptions(options, checks, owner);
      const { name = pattern, fields } = options;
      if (typeof run !== 'function') throw invalidOption(`The function${owner} is none`);
      if (fields !== undefined && !isUpdatedPattern(pattern)) {
        throw invalidOption(`The option "fields"${owner} needs a pattern that ends in .updated`);
      }
      if (byName.has(name)) {
        throw new WebhookError(
          'HANDLER_DUPLICATE',
          `Two handlers have the name ${JSON.stringify(name)}: give each its own`,
        );
      }
      const handler = { name, run, fields: fields?.map(withoutId) };
      byName.set(name, handler);
      byEvent.clear();
      byPattern.set(pattern, [...(byPattern.get(pattern) ?? []), handler]);
    },
    match(event) {
      const { handlers, dependsOnFields } = byEvent.get(event.event) ?? find(event.event);
      return dependsOnFields ? handlers.filter(({ fields }) => hasChanged(event, fields)) : handlers;
    },
    find: (name) => byName.get(name),
    isEmpty: () => byName.size === 0,
  };
}

interface Found {
  readonly handlers: readonly RegisteredHandler[];
  readonly dependsOnFields: boolean;
}

const maxRemembered = 1_000;

// A misspelt `fields` would run the handler on every update; an empty one never.
const checks: { readonly [Name in keyof HandlerOptions]-?: OptionCheck } = {
  name: [isText, 'a text'],
  fields: [listOf(isText), 'a list of field names'],
};

function hasChanged(event: TwentyEvent, fields: readonly string[] | undefined): boolean {
  if (fields === undefined) return true;
  return event.kind !== 'unknown' && event.data.updatedFields.some((field) => fields.includes(withoutId(field)));
}

// A changed relation is named `company`, `companyId` or both, depending on the format.
const withoutId = (field: string): string => field.replace(/(?<=.)Id$/, '');
