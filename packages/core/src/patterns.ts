import { WebhookError } from './errors.ts';
import type { MetadataAction, MetadataEvent, RecordAction, RecordEventOf, TwentyEvent } from './events.ts';
import type { Handler } from './handler.ts';
import type { TwentyObjects } from './objects.ts';

/**
 * The event type a pattern matches. Patterns are those of Twenty's own subscriptions (`person.updated`, `person.*`,
 * `*.updated`, `*.*`, `metadata.view.*`, …) and `*` for all, unknown kinds included. Wildcards give the union over the
 * declared objects; a custom object that is not declared arrives there too.
 */
export type EventOf<TPattern extends string, TObjects = TwentyObjects> = string extends TPattern
  ? TwentyEvent<TObjects>
  : TPattern extends '*'
    ? TwentyEvent<TObjects>
    : TPattern extends `metadata.${string}.${infer TAction}`
      ? MetadataEvent<TAction extends '*' ? MetadataAction : TAction>
      : TPattern extends '*.*'
        ? RecordEventOf<TObjects, keyof TObjects & string, RecordAction> | MetadataEvent<MetadataAction>
        : TPattern extends `${infer TObject}.${infer TAction}`
          ? RecordEventOf<
              TObjects,
              TObject extends '*' ? keyof TObjects & string : TObject,
              TAction extends '*' ? RecordAction : TAction
            >
          : never;

/** A handler for what a pattern matches, for handlers that live in files of their own. */
export type HandlerOf<TPattern extends string, TObjects = TwentyObjects> = Handler<EventOf<TPattern, TObjects>>;

/**
 * A pattern that can match: the pattern itself, or, for a declared object, metadata or `*` with a misspelt action, the ones
 * that would be right, so that the compiler names them.
 */
export type PatternOf<TPattern extends string, TObjects = TwentyObjects> = string extends TPattern
  ? TPattern
  : TPattern extends '*'
    ? TPattern
    : TPattern extends `metadata.${infer TRest}`
      ? TRest extends `${infer TName}.${infer TAction}`
        ? TAction extends MetadataAction | '*'
          ? TPattern
          : `metadata.${TName}.${MetadataAction | '*'}`
        : `metadata.${string}.${MetadataAction | '*'}`
      : TPattern extends `${infer TObject}.${infer TAction}`
        ? TObject extends (keyof TObjects & string) | '*'
          ? TAction extends RecordAction | '*'
            ? TPattern
            : `${TObject}.${RecordAction | '*'}`
          : TPattern
        : `${keyof TObjects & string}.${RecordAction | '*'}` | '*';

/** Check a pattern. @throws PATTERN_INVALID */
export function checkPattern(pattern: string): void {
  // `*`, or an action after an object, after `*`, or after `metadata.*`. An object may have dots; `*` is always a whole part.
  // `metadata.*` looks right, but metadata events have three parts, in Twenty's subscriptions as well.
  const right = /^(\*|(\*\.|metadata\.\*\.|([^\s*.]+\.)+)(\*|[^\s*.]+))$/;
  if (typeof pattern === 'string' && right.test(pattern) && pattern !== 'metadata.*') return;
  throw new WebhookError(
    'PATTERN_INVALID',
    `The pattern ${JSON.stringify(String(pattern))} matches nothing. Write it like person.created, *.updated, metadata.view.* or *`,
  );
}

/** Whether events of this pattern carry the names of changed fields. */
export function isUpdatedPattern(pattern: string): boolean {
  return pattern.endsWith('.updated');
}

/** The patterns that match an event, by its name alone. */
export function patternsOf(event: string): readonly string[] {
  const last = event.lastIndexOf('.');
  if (last < 0) return [event, '*'];
  // Twenty splits record names at the last dot; metadata names have three parts.
  const object = event.slice(0, last);
  const action = event.slice(last + 1);
  if (/^metadata\.[^.]+$/.test(object)) {
    return [event, `${object}.*`, `metadata.*.${action}`, 'metadata.*.*', '*.*', '*'];
  }
  return [event, `${object}.*`, `*.${action}`, '*.*', '*'];
}
