import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { deepMerge, type JsonObject } from '../deep-merge.ts';
import { deepFreeze } from './deep-freeze.ts';
import { actorOf } from './identities.ts';
import { emptyValue, isComposite, type ObjectSchema, objectSchemas, relationOf } from './object-schemas.ts';
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
      const id = typeof fields.id === 'string' ? fields.id : randomUUID();
      if (table.has(id)) throw new RecordError('duplicate', 'A duplicate entry was detected');
      const createdAt = timestamp();
      lastPosition += 1;
      const fresh: SimulatedRecord = {
        ...merged(schema, emptyRecord(schema), fields),
        ...{ id, createdAt, updatedAt: createdAt, deletedAt: null },
        ...{ createdBy: actorOf(author), updatedBy: actorOf(author), position: fields.position ?? lastPosition },
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
      const after = merged(found.schema, found.before, values);
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

  /** References to what is destroyed become null: in the database, not as changes of the records that held them. */
  function forget(object: string, id: string): void {
    for (const { nameSingular, fields } of objectSchemas) {
      const table = tableOf(nameSingular).table;
      for (const name of Object.keys(fields).filter((field) => relationOf(fields[field] ?? 'TEXT') === object)) {
        for (const record of table.values()) {
          if (record[name] === id) table.set(record.id, Object.freeze({ ...record, [name]: null }));
        }
      }
    }
  }
}

const emptyRecord = ({ fields, defaults }: ObjectSchema): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, defaults[name] ?? emptyValue(type)]));

/** Times and authors are the server's to say. */
const ownFields = new Set(['createdAt', 'updatedAt', 'deletedAt', 'createdBy', 'updatedBy', 'searchVector']);

function merged({ fields }: ObjectSchema, base: JsonObject, values: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(values)) {
    if (ownFields.has(name) || value === undefined) continue;
    const type = fields[name];
    const old = result[name];
    const isMerged = type !== undefined && isComposite(type) && isObject(old) && isObject(value);
    result[name] = isMerged ? deepMerge(old, structuredClone(value)) : structuredClone(value);
  }
  return result;
}

/** As Twenty lists them: a relation under both its names, after the rest. */
function changedFields({ fields }: ObjectSchema, before: JsonObject, after: JsonObject): readonly string[] {
  const changed = Object.keys(after).filter(
    (name) =>
      name !== 'updatedAt' && name !== 'searchVector' && !isDeepStrictEqual(after[name] ?? null, before[name] ?? null),
  );
  const isRelation = (name: string) => relationOf(fields[name] ?? 'TEXT') !== undefined;
  return [
    ...changed.filter((name) => !isRelation(name)),
    ...changed.filter(isRelation).flatMap((name) => [name.replace(/Id$/, ''), name]),
  ];
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
