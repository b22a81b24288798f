import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { deepMerge, isObject, type JsonObject } from '../deep-merge.ts';
import { actorOf } from './actor.ts';
import { deepFreeze } from './deep-freeze.ts';
import { emptyValue, type FieldType, isComposite, relationOf } from './field-types.ts';
import { lowerCaseUuid, storedValues } from './field-values.ts';
import { type ObjectSchema, objectSchemas } from './object-schemas.ts';
import { type Author, type RecordChange, RecordError, type SimulatedRecord } from './record-changes.ts';
import { searchVectorOf } from './search-vector.ts';

/** The records of a workspace. Every change is told once it is made, in order. Records are frozen. */
export interface RecordStore {
  create(object: string, fields: JsonObject, author: Author): SimulatedRecord;
  /** Composites are merged. Nothing changed: no change is told. */
  update(object: string, id: string, fields: JsonObject, author: Author): SimulatedRecord;
  delete(object: string, id: string, author: Author): SimulatedRecord;
  restore(object: string, id: string, author: Author): SimulatedRecord;
  destroy(object: string, id: string, author: Author): SimulatedRecord;
  get(object: string, id: string): SimulatedRecord | undefined;
  list(object: string): readonly SimulatedRecord[];
}

export interface RecordStoreOptions {
  readonly now: () => number;
  readonly tell: (change: RecordChange) => void;
}

export function createRecordStore({ now, tell }: RecordStoreOptions): RecordStore {
  const tables = new Map(objectSchemas.map((schema) => [schema.nameSingular, new Map<string, SimulatedRecord>()]));
  let lastPosition = 0;

  const tableOf = (object: string) => {
    const table = tables.get(object);
    const schema = objectSchemas.find(({ nameSingular }) => nameSingular === object);
    if (table === undefined || schema === undefined)
      throw new RecordError('unknown-object', `There is no object "${object}".`);
    return { table, schema };
  };
  const find = (object: string, id: string) => {
    const { table, schema } = tableOf(object);
    const before = table.get(id);
    if (before === undefined) throw new RecordError('not-found', 'Record not found');
    return { table, schema, before };
  };
  const timestamp = () => new Date(now()).toISOString();
  /** `first` and `last` are places; whoever names none comes last. */
  const placeOf = (position: unknown): number =>
    typeof position === 'number' ? position : position === 'first' ? -lastPosition : lastPosition;

  /** Put a state in the place of another, and tell it. */
  const replace = (
    { table, schema, before }: ReturnType<typeof find>,
    fields: JsonObject,
    change: Pick<RecordChange, 'action' | 'author'>,
  ): SimulatedRecord => {
    const changed = {
      ...before,
      ...fields,
      updatedAt: timestamp(),
      updatedBy: actorOf(change.author),
    } as SimulatedRecord;
    const record = deepFreeze({ ...changed, searchVector: searchVectorOf(changed) });
    table.set(record.id, record);
    const updatedFields = change.action === 'updated' ? changedFields(schema, before, record) : ['deletedAt'];
    tell({
      object: schema.nameSingular,
      objectMetadataId: schema.metadataId,
      before,
      record,
      updatedFields,
      ...change,
    });
    return record;
  };

  return {
    create(object, fields, author) {
      const { table, schema } = tableOf(object);
      const given = lowerCaseUuid(fields.id);
      const id = typeof given === 'string' ? given : randomUUID();
      if (table.has(id)) throw new RecordError('duplicate', 'A duplicate entry was detected');
      const createdAt = timestamp();
      lastPosition += 1;
      const values = merged(schema, emptyRecord(schema), fields);
      const fresh: SimulatedRecord = {
        ...values,
        ...{ id, createdAt, updatedAt: createdAt, deletedAt: null },
        ...{ createdBy: actorOf(author), updatedBy: actorOf(author), position: placeOf(values.position) },
      };
      const record = deepFreeze({ ...fresh, searchVector: searchVectorOf(fresh) });
      table.set(id, record);
      const { metadataId: objectMetadataId } = schema;
      tell({ object, objectMetadataId, action: 'created', author, before: undefined, record, updatedFields: [] });
      return record;
    },
    update(object, id, fields, author) {
      const found = find(object, id);
      if (found.before.deletedAt !== null) throw new RecordError('not-found', 'Record not found');
      const { id: _, ...values } = fields;
      const wanted = merged(found.schema, found.before, values);
      const { position } = wanted;
      const after = typeof position === 'string' ? { ...wanted, position: placeOf(position) } : wanted;
      if (isDeepStrictEqual(after, found.before)) return found.before;
      return replace(found, after, { action: 'updated', author });
    },
    delete(object, id, author) {
      const found = find(object, id);
      if (found.before.deletedAt !== null) throw new RecordError('not-found', 'Record not found');
      return replace(found, { deletedAt: timestamp() }, { action: 'deleted', author });
    },
    restore(object, id, author) {
      const found = find(object, id);
      if (found.before.deletedAt === null) return found.before;
      return replace(found, { deletedAt: null }, { action: 'restored', author });
    },
    destroy(object, id, author) {
      const { table, schema, before } = find(object, id);
      table.delete(id);
      forget(object, id);
      const { metadataId: objectMetadataId } = schema;
      tell({ object, objectMetadataId, action: 'destroyed', author, before, record: before, updatedFields: [] });
      return before;
    },
    get: (object, id) => tableOf(object).table.get(id),
    list: (object) => [...tableOf(object).table.values()],
  };

  /** Links to what is destroyed go, other references become null: in the database, without events. */
  function forget(object: string, id: string): void {
    for (const { nameSingular, fields, isLink } of objectSchemas) {
      const table = tableOf(nameSingular).table;
      for (const name of Object.keys(fields).filter((field) => relationOf(fields[field] ?? 'TEXT') === object)) {
        for (const record of table.values()) {
          if (record[name] !== id) continue;
          if (isLink) table.delete(record.id);
          else table.set(record.id, Object.freeze({ ...record, [name]: null }));
        }
      }
    }
  }
}

const emptyRecord = ({ fields, defaults }: ObjectSchema): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, defaults[name] ?? emptyValue(type)]));

/** Times and authors are the server's to say. */
const ownFields = new Set(['createdAt', 'updatedAt', 'deletedAt', 'createdBy', 'updatedBy', 'searchVector']);

function merged(schema: ObjectSchema, base: JsonObject, values: JsonObject): JsonObject {
  const result = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(storedValues(schema, values))) {
    if (ownFields.has(name)) continue;
    const old = result.get(name);
    result.set(
      name,
      isComposite(typeOf(schema, name)) && isObject(old) && isObject(value) ? deepMerge(old, value) : value,
    );
  }
  return Object.fromEntries(result);
}

const typeOf = ({ fields }: ObjectSchema, name: string): FieldType =>
  (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? 'RAW_JSON';

/** As Twenty lists them: a relation under both its names, after the rest. */
function changedFields(schema: ObjectSchema, before: JsonObject, after: JsonObject): readonly string[] {
  const changed = Object.keys(after).filter(
    (name) =>
      name !== 'updatedAt' && name !== 'searchVector' && !isDeepStrictEqual(after[name] ?? null, before[name] ?? null),
  );
  const isRelation = (name: string) => relationOf(typeOf(schema, name)) !== undefined;
  return [
    ...changed.filter((name) => !isRelation(name)),
    ...changed.filter(isRelation).flatMap((name) => [name.replace(/Id$/, ''), name]),
  ];
}
