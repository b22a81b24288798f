import { isObject, type JsonObject } from '../deep-merge.ts';
import { composites, type FieldType, isComposite, relationOf } from './field-types.ts';
import type { ObjectSchema } from './object-schemas.ts';
import { RecordError } from './record-changes.ts';

/**
 * What a record holds of the values that somebody gives: JSON, each of its field's type, dates and times as Twenty writes
 * them. Fields that the object does not have pass as they are.
 *
 * @throws RecordError, or TypeError about what is no JSON, such as a bigint
 */
export function storedValues({ fields: types }: ObjectSchema, values: JsonObject): JsonObject {
  const plain: JsonObject = JSON.parse(jsonOf(values));
  if (isDeeperThan(100, plain)) throw tooDeep();
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => {
      const type = Object.hasOwn(types, name) ? types[name] : undefined;
      return [name, type === undefined ? value : storedValue(value, type, name)];
    }),
  );
}

function storedValue(value: unknown, type: FieldType, name: string): unknown {
  if (value === null) return null;
  if (relationOf(type) !== undefined) return lowerCaseUuid(value);
  if (isComposite(type)) return storedComposite(value, composites[type], name);
  const refusal = (expected: string) =>
    new RecordError('invalid', `Invalid value ${JSON.stringify(value)} for field "${name}": ${expected} is expected`);
  switch (type) {
    case 'TEXT':
      if (typeof value !== 'string') throw refusal('a text');
      return value;
    case 'NUMBER':
      if (typeof value !== 'number') throw refusal('a number');
      return value;
    case 'NUMERIC':
      if (value === '') return null;
      if (typeof value !== 'number' && !isNumeral(value)) throw refusal('a number');
      return value;
    case 'POSITION':
      if (typeof value !== 'number' && value !== 'first' && value !== 'last') throw refusal('a number, first or last');
      return value;
    case 'BOOLEAN':
      if (typeof value !== 'boolean') throw refusal('true or false');
      return value;
    case 'DATE_TIME': {
      const time = toIsoTime(value);
      if (time === undefined) throw refusal("a time such as '2026-01-31T12:00:00.000Z'");
      return time;
    }
    case 'DATE': {
      const day = toIsoTime(value)?.slice(0, 10);
      // Not the day that it is in another time zone.
      if (day === undefined || !String(value).startsWith(day)) throw refusal("a day such as '2026-01-31'");
      return day;
    }
    case 'ARRAY':
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) throw refusal('a list of texts');
      return value;
    case 'UUID':
      return lowerCaseUuid(value);
    default:
      return value;
  }
}

function storedComposite(value: unknown, types: Readonly<Record<string, FieldType>>, name: string): JsonObject {
  if (!isObject(value)) throw new RecordError('invalid', `Invalid value for field "${name}": an object is expected`);
  return Object.fromEntries(
    Object.entries(value).map(([subField, subValue]) => {
      const type = Object.hasOwn(types, subField) ? types[subField] : undefined;
      if (type === undefined) throw new RecordError('invalid', `Invalid subfield ${subField} for field "${name}"`);
      return [subField, storedValue(subValue, type, `${name}.${subField}`)];
    }),
  );
}

/** With milliseconds and `Z`; of a day its beginning; what names no time zone is in UTC. `undefined` if it is no time. */
export function toIsoTime(value: unknown): string | undefined {
  const [, day, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(String(value)) ?? [];
  const atMs = Date.parse(`${day}T${time}${zone.replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`);
  // A 30th of February would be another day.
  const isDay = new Date(Date.parse(`${day}T00:00Z`)).toJSON()?.startsWith(String(day)) === true;
  return isDay && !Number.isNaN(atMs) ? new Date(atMs).toISOString() : undefined;
}

const isNumeral = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));

/** As Postgres writes them. What is none stays: the REST routes refuse it, a test may like it. */
export const lowerCaseUuid = (value: unknown): unknown => (isUuid(value) ? value.toLowerCase() : value);

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);

function jsonOf(values: JsonObject): string {
  try {
    return JSON.stringify(values);
  } catch (error) {
    // The stack was not enough.
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

const tooDeep = () => new RecordError('invalid', 'The values are nested too deeply');

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member)));
