import { composites, type FieldType, isComposite } from './field-types.ts';
import type { ObjectSchema } from './object-schemas.ts';
import type { SimulatedRecord } from './record-changes.ts';
import { RestError } from './rest-answer.ts';

/** A field or a sub-field that a request names. */
export interface RestField {
  /** `name.firstName` */
  readonly name: string;
  readonly type: FieldType;
  read(record: SimulatedRecord): unknown;
}

/** Find `updatedAt` or `name.firstName`. @throws RestError 400 if there is none */
export function restField({ nameSingular, fields }: ObjectSchema, path: string): RestField {
  const [name = '', subField, ...more] = path.split('.');
  const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const unknown = new RestError(400, `field '${path}' does not exist in '${nameSingular}' object`);
  if (type === undefined || more.length > 0) throw unknown;
  if (subField === undefined) return { name: path, type, read: (record) => record[name] };
  const subFields = isComposite(type) ? composites[type] : {};
  const subType = Object.hasOwn(subFields, subField) ? subFields[subField] : undefined;
  if (subType === undefined) throw unknown;
  const read = (record: SimulatedRecord) => {
    const value = ((record[name] ?? {}) as Readonly<Record<string, unknown>>)[subField] ?? null;
    // It may be text, and would be compared as such.
    return subType === 'NUMERIC' && value !== null ? Number(value) : value;
  };
  return { name: path, type: subType, read };
}

/** Order two values of a field, neither of them null. */
export function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'number' || typeof right === 'number') return Number(left) - Number(right);
  const [a, b] = [left, right].map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
  return (a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1;
}
