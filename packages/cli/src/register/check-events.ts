import { existsSync } from 'node:fs';
import { metadataActions, recordActions, singularOf } from '../event-names/known-names.ts';
import { changesBetween } from '../event-names/nearest.ts';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';

export interface CheckedEvents {
  readonly operations: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Check patterns of events, given one by one or with commas. Twenty compares texts: what is misspelt never matches, and it
 * does not say so.
 *
 * @throws EVENTS_INVALID for a pattern that has not the form of one
 */
export function checkEvents(given: readonly string[]): CheckedEvents {
  const operations = [...new Set(given.flatMap((text) => text.split(',')).map((text) => text.trim()))].filter(Boolean);
  if (operations.length === 0) throw new CommandError('EVENTS_INVALID', `No events. ${forms}`);
  const warnings = operations.flatMap((pattern) => checkPattern(pattern) ?? []);
  if (operations.includes('*.*')) {
    warnings.push(
      `*.* is everything that happens in the workspace, changes of its schema and its settings too: ${aboutSecrets}, and an import is thousands of deliveries. Name what you need.`,
    );
  }
  for (const pattern of operations.filter((one) => /^metadata\.(webhook|\*)\./i.test(one))) {
    warnings.push(`${pattern} brings secrets: ${aboutSecrets}. Whoever sees its deliveries can forge others.`);
  }
  return { operations, warnings };
}

function checkPattern(pattern: string): string | undefined {
  // An unquoted *.* is replaced by the shell.
  if (!['*', ...recordActions].includes(pattern.split('.').at(-1) ?? '') && existsSync(pattern)) {
    throw new CommandError(
      'EVENTS_INVALID',
      `"${printable(pattern)}" is a file here: has the shell replaced a *? Quote patterns: '*.*'`,
    );
  }
  const metadata = /^metadata\.([a-z]\w*|\*)\.([a-z]\w*|\*)$/i.exec(pattern);
  if (metadata !== null) return checkAction(pattern, metadata[2] ?? '', metadataActions);
  const [, object = '', action = ''] = /^([a-z]\w*|\*)\.([a-z]\w*|\*)$/i.exec(pattern) ?? [];
  if (object === '' || object === 'metadata') {
    throw new CommandError(
      'EVENTS_INVALID',
      `"${printable(pattern)}" is no pattern of Twenty. ${hintFor(pattern)}${forms}`,
    );
  }
  const singular = singularOf.get(object.toLowerCase()) ?? object.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  if (singular !== object) {
    return `Twenty names objects in the singular, in lower case: ${pattern} never matches. Did you mean ${singular}.${action}?`;
  }
  return checkAction(pattern, action, recordActions);
}

function checkAction(pattern: string, action: string, actions: readonly string[]): string | undefined {
  if (action === '*' || actions.includes(action)) return undefined;
  const near = actions.find((known) => isNear(action.toLowerCase(), known));
  const start = pattern.slice(0, -action.length);
  const hint = near === undefined ? `There are ${actions.join(', ')} and *.` : `Did you mean ${start}${near}?`;
  return `Twenty never sends ${pattern}. ${hint}`;
}

const hintFor = (pattern: string): string =>
  pattern === '*'
    ? 'Did you mean *.*? '
    : pattern.startsWith('metadata')
      ? 'Names of metadata events have three parts. '
      : /^\w+$/.test(pattern)
        ? `Did you mean ${pattern}.*? `
        : '';

/** The old name of an action (`create`), or at most two letters that differ. */
const isNear = (one: string, other: string): boolean =>
  other.startsWith(one.slice(0, 5)) || changesBetween(one, other) <= 2;

const aboutSecrets = 'metadata.webhook.* may hold the secrets of all webhooks';
const forms =
  "Write person.created, 'person.*', '*.updated', '*.*', or for metadata metadata.view.updated, 'metadata.view.*', 'metadata.*.*'.";
