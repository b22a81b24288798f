import { lowerCaseUuid, toIsoTime } from './field-values.ts';
import type { ObjectSchema } from './object-schemas.ts';
import type { SimulatedRecord } from './record-changes.ts';
import { RestError } from './rest-answer.ts';
import { compareValues, type RestField, restField } from './rest-fields.ts';

export type Predicate = (record: SimulatedRecord) => boolean;

/**
 * Read a filter of Twenty's REST API: `field[op]:value`, joined by `,` (which means and), `and(…)`, `or(…)`, `not(…)`.
 * Soft-deleted records match only if the filter names `deletedAt`.
 * @throws RestError 400
 */
export function parseFilter(filter: string | null, schema: ObjectSchema): Predicate {
  if (filter === null || filter.trim() === '') return isAlive;
  const names = new Set<string>();
  const matches = conjunction(filter, { schema, names });
  return names.has('deletedAt') ? matches : (record) => isAlive(record) && matches(record);
}

const isAlive: Predicate = ({ deletedAt }) => deletedAt === null;

interface FilterContext {
  readonly schema: ObjectSchema;
  /** Collects the names of the fields. */
  readonly names: Set<string>;
}

function conjunction(text: string, context: FilterContext): Predicate {
  const parts = splitParts(text).map((part) => predicate(part, context));
  return (record) => parts.every((matches) => matches(record));
}

function predicate(text: string, context: FilterContext): Predicate {
  const [, word, inner] = /^\s*(and|or|not)\((.*)\)\s*$/s.exec(text) ?? [];
  if (inner === undefined) return comparison(text.trim(), context);
  const parts = splitParts(inner).map((part) => predicate(part, context));
  const [first = () => true, second] = parts;
  if (word === 'not' && second !== undefined)
    throw new RestError(
      400,
      "'filter' invalid. 'not' conjunction should contain only 1 condition. eg: not(field[eq]:1)",
    );
  if (word === 'not') return (record) => !first(record);
  if (word === 'and') return (record) => parts.every((matches) => matches(record));
  return (record) => parts.some((matches) => matches(record));
}

/**
 * Split at the commas that are in no parenthesis, bracket or quote. A quote is one only at the beginning of a value or of
 * an item of a list: `O'Neill` has none.
 */
function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  let [part, depth, quote, before] = ['', 0, '', ''];
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (`"'`.includes(character) && ':[,'.includes(before)) quote = character;
    else if ('(['.includes(character)) depth += 1;
    else if (')]'.includes(character)) depth -= 1;
    if (depth > maxDepth) throw new RestError(400, "'filter' invalid. It is nested too deeply");
    if (character === ',' && depth === 0 && quote === '') {
      parts.push(part);
      part = '';
    } else part += character;
    if (character !== ' ') before = character;
  }
  if (depth !== 0 || quote !== '')
    throw new RestError(400, `'filter' invalid. Brackets or quotes do not match in '${text}'`);
  return [...parts, part];
}

const maxDepth = 100;

function comparison(text: string, { schema, names }: FilterContext): Predicate {
  const [, path, op, value] = /^([^[]+)\[([^\]]+)\]:(.+)$/s.exec(text) ?? [];
  if (path === undefined || op === undefined || value === undefined)
    throw new RestError(400, `'filter' invalid for '${text}'. eg: price[gte]:10`);
  const test = Object.hasOwn(operators, op) ? operators[op] : undefined;
  if (test === undefined)
    throw new RestError(
      400,
      `'filter' invalid for '${text}', comparator ${op} not in ${Object.keys(operators).join(', ')}`,
    );
  const field = restField(schema, path);
  names.add(field.name.split('.')[0] ?? '');
  const matches = test(value, field);
  return (record) => matches(field.read(record));
}

type ValueTest = (value: unknown) => boolean;
type Operator = (text: string, field: RestField) => ValueTest;

// As in SQL, a null is neither equal to anything nor different from it.
const compared =
  (test: (order: number) => boolean): Operator =>
  (text, field) => {
    const wanted = toValue(text, field);
    return (value) => value != null && test(compareValues(value, wanted));
  };

const operators: Readonly<Record<string, Operator>> = {
  eq: compared((order) => order === 0),
  neq: compared((order) => order !== 0),
  gt: compared((order) => order > 0),
  gte: compared((order) => order >= 0),
  lt: compared((order) => order < 0),
  lte: compared((order) => order <= 0),
  in(text, field) {
    const wanted = listOf(text, 'in').map((item) => toValue(item, field));
    return (value) => value != null && wanted.some((item) => compareValues(value, item) === 0);
  },
  containsAny(text) {
    const wanted = listOf(text, 'containsAny').map(unquoted);
    return (value) => Array.isArray(value) && value.some((item) => wanted.includes(String(item)));
  },
  is(text) {
    if (!/^(NOT_)?NULL$/.test(text))
      throw new RestError(400, `'filter' invalid. 'is' takes NULL or NOT_NULL, not '${text}'`);
    return (value) => (value == null) === (text === 'NULL');
  },
  startsWith: (text) => (value) => typeof value === 'string' && value.startsWith(unquoted(text)),
  endsWith: (text) => (value) => typeof value === 'string' && value.endsWith(unquoted(text)),
  like: (text) => like(text, 's'),
  ilike: (text) => like(text, 'si'),
};

function like(text: string, flags: string): ValueTest {
  const source = unquoted(text).replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  const pattern = new RegExp(`^${source.replaceAll('%', '.*').replaceAll('_', '.')}$`, flags);
  return (value) => typeof value === 'string' && pattern.test(value);
}

function listOf(text: string, op: string): readonly string[] {
  if (!text.startsWith('[') || !text.endsWith(']'))
    throw new RestError(
      400,
      `'filter' invalid for '${op}' operator. Received '${text}' but array value expected eg: 'field[${op}]:[value_1,value_2]'`,
    );
  return text.slice(1, -1).split(',');
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/s.exec(text.trim())?.[2] ?? text.trim();

function toValue(text: string, { name, type }: RestField): unknown {
  const value = unquoted(text);
  if (type === 'NUMBER' || type === 'NUMERIC' || type === 'POSITION') {
    if (Number.isNaN(Number(value))) throw new RestError(400, `'${value}' is not a number, for '${name}'`);
    return Number(value);
  }
  if (type === 'DATE_TIME' || type === 'DATE') {
    const time = toIsoTime(value);
    if (time === undefined) throw new RestError(400, `'${value}' is not a date, for '${name}'`);
    return type === 'DATE' ? time.slice(0, 10) : time;
  }
  return type === 'UUID' || type.startsWith('RELATION:') ? lowerCaseUuid(value) : value;
}
