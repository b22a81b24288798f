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
    add(pattern, options, run) {
      checkPattern(pattern);
      const { name = pattern, fields } = checkOptions(pattern, options);
      if (typeof run !== 'function') throw invalid(pattern, 'its handler is not a function');
      if (fields !== undefined && !isUpdatedPattern(pattern))
        throw invalid(pattern, '`fields` is for patterns that end in .updated');
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

/** A misspelt `fields` would run the handler on every update. */
function checkOptions(pattern: string, options: HandlerOptions): HandlerOptions {
  if (typeof options !== 'object' || options === null) throw invalid(pattern, 'its options are not an object');
  for (const option in options) {
    if (option !== 'name' && option !== 'fields')
      throw invalid(pattern, `${JSON.stringify(option)} is no option of a handler`);
  }
  const { name, fields } = options;
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw invalid(pattern, '`name` takes a text');
  if (fields === undefined) return options;
  if (!Array.isArray(fields) || fields.some((field) => typeof field !== 'string'))
    throw invalid(pattern, '`fields` takes a list of texts');
  if (fields.length === 0) throw invalid(pattern, '`fields` is empty, so that it would never run');
  return options;
}

function hasChanged(event: TwentyEvent, fields: readonly string[] | undefined): boolean {
  if (fields === undefined) return true;
  return event.kind !== 'unknown' && event.data.updatedFields.some((field) => fields.includes(withoutId(field)));
}

// A changed relation is named `company`, `companyId` or both, depending on the format.
const withoutId = (field: string): string => field.replace(/(?<=.)Id$/, '');

const invalid = (pattern: string, problem: string): WebhookError =>
  new WebhookError('OPTION_INVALID', `The handler of ${JSON.stringify(pattern)} cannot be used: ${problem}.`);
