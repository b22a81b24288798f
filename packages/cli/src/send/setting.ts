import { CommandError } from '../terminal/command-error.ts';

/** One `--set`. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
  /** What is lost. */
  readonly warning: string | undefined;
}

type JsonObject = { readonly [name: string]: unknown };

/** Read `record.name.firstName=Ada`. The value is JSON if it can be read as such, else text. @throws SET_INVALID */
export function readSetting(text: string): Setting {
  const equals = text.indexOf('=');
  if (equals < 0) throw invalid(text, 'has no "=": write it like record.name.firstName=Ada');
  const path = text.slice(0, equals).split('.');
  if (path.includes('')) throw invalid(text, 'has an empty name in its path: write it like record.name.firstName=Ada');
  const forbidden = path.find((name) => ['__proto__', 'constructor', 'prototype'].includes(name));
  if (forbidden !== undefined) throw invalid(text, `sets ${forbidden}, which no record has`);
  const value = readValue(text.slice(equals + 1));
  // JSON has no infinity: it would be sent as null.
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    throw invalid(text, 'is too large a number');
  const given = text.slice(equals + 1).trim();
  const isRounded = /^-?\d+$/.test(given) && typeof value === 'number' && !Number.isSafeInteger(value);
  const warning = isRounded
    ? `Warning: --set ${path.join('.')} is sent as ${value}, since JavaScript has no larger whole numbers; write '"${given}"' for text, or use --file.`
    : undefined;
  return { path, value, warning };
}

/** Make a body in which the path leads to the value; objects on the way are made where there are none. @throws SET_INVALID */
export function applySetting(body: JsonObject, { path, value }: Pick<Setting, 'path' | 'value'>): JsonObject {
  const set = (object: JsonObject, depth: number): JsonObject => {
    const name = path[depth] ?? '';
    if (depth === path.length - 1) return { ...object, [name]: value };
    const inner = Object.hasOwn(object, name) ? object[name] : {};
    if (isObject(inner)) return { ...object, [name]: set(inner, depth + 1) };
    const shown = path.slice(0, depth + 1).join('.');
    const kind = inner === null ? 'null' : Array.isArray(inner) ? 'a list' : `a ${typeof inner}`;
    throw invalid(path.join('.'), `goes through ${shown}, which is ${kind}: set that as a whole, as JSON`);
  };
  return set(body, 0);
}

/** Whether it has members. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const invalid = (text: string, why: string): CommandError => new CommandError('SET_INVALID', `--set ${text} ${why}.`);
