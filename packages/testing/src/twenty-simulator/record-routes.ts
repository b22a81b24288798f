import { isObject, type JsonObject } from '../deep-merge.ts';
import { relationOf } from './field-types.ts';
import { isUuid, storedValues } from './field-values.ts';
import { type ObjectSchema, objectSchemas } from './object-schemas.ts';
import { RecordError } from './record-changes.ts';
import type { RecordStore } from './record-store.ts';
import { type RestAnswer, RestError } from './rest-answer.ts';
import { parseFilter } from './rest-filter.ts';
import { parseOrder } from './rest-order.ts';
import { pageOf } from './rest-page.ts';
import type { RestRequest } from './rest-server.ts';

/** Answer `/rest/people`, `/rest/people/:id` and so on, as an API key changes them. @throws RestError */
export function recordRoutes(records: RecordStore): (request: RestRequest) => RestAnswer {
  return (request) => {
    try {
      return answer(records, request);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      throw new RestError(error.reason === 'not-found' ? 404 : 400, error.message);
    }
  };
}

function answer(records: RecordStore, request: RestRequest): RestAnswer {
  const { method, path, query } = request;
  if (path[0] === 'batch' && method === 'POST') return createMany(records, schemaOf(path[1]), request);
  // Both ways to say it: the documented one, and the one that clients of older servers use.
  const isRestore = method === 'PATCH' && (path[2] === 'restore' || path[0] === 'restore');
  const [plural, givenId] = isRestore && path[0] === 'restore' ? path.slice(1) : path;
  const id = givenId?.toLowerCase();
  if (path.length > (isRestore ? 3 : 2)) throw invalidPath(path);
  const schema = schemaOf(plural);
  const { nameSingular: object } = schema;
  if (id === undefined) {
    if (method === 'GET') return list(records, schema, query);
    if (method === 'POST')
      return {
        status: 201,
        body: {
          data: {
            [`create${capital(object)}`]: create(records, schema, checked(records, schema, request.json()), query),
          },
        },
      };
    throw invalidPath(path);
  }
  if (!isUuid(id)) throw new RestError(400, `'${givenId}' is not a valid UUID`);
  const data = (operation: string, value: unknown) => ({ data: { [`${operation}${capital(object)}`]: value } });
  if (isRestore) return { status: 200, body: data('restore', records.restore(object, id, 'api')) };
  switch (method) {
    case 'GET': {
      const record = records.get(object, id);
      if (record === undefined || record.deletedAt !== null) throw new RestError(404, 'Record not found');
      return { status: 200, body: { data: { [object]: record } } };
    }
    case 'PATCH':
    case 'PUT':
      return {
        status: 200,
        body: data('update', records.update(object, id, checked(records, schema, request.json()), 'api')),
      };
    case 'DELETE':
      if (query.get('soft_delete') === 'true')
        return { status: 200, body: { ...data('delete', records.delete(object, id, 'api')), softDelete: true } };
      return { status: 200, body: data('delete', { id: records.destroy(object, id, 'api').id }) };
    default:
      throw invalidPath(path);
  }
}

function list(records: RecordStore, schema: ObjectSchema, query: URLSearchParams): RestAnswer {
  const matches = parseFilter(query.get('filter'), schema);
  const order = parseOrder(query.get('order_by'), schema);
  const { records: page, ...rest } = pageOf(records.list(schema.nameSingular).filter(matches), order, query);
  return { status: 200, body: { data: { [schema.namePlural]: page }, ...rest } };
}

function create(records: RecordStore, schema: ObjectSchema, fields: JsonObject, query: URLSearchParams) {
  const { nameSingular: object } = schema;
  const existing = typeof fields.id === 'string' ? records.get(object, fields.id) : undefined;
  if (existing === undefined) return records.create(object, fields, 'api');
  if (query.get('upsert') !== 'true') throw new RestError(400, duplicateEntry);
  // An upsert brings a soft-deleted record back.
  if (existing.deletedAt !== null) records.restore(object, existing.id, 'api');
  return records.update(object, existing.id, fields, 'api');
}

function createMany(records: RecordStore, schema: ObjectSchema, { query, json }: RestRequest): RestAnswer {
  const body = json();
  if (!Array.isArray(body) || body.length > 60) throw new RestError(400, 'Body must be an array of at most 60 records');
  // All or none.
  const items = body.map((item) => checked(records, schema, item));
  const ids = items.map(({ id }) => id).filter((id) => typeof id === 'string');
  const isKnown = (id: string) => records.get(schema.nameSingular, id) !== undefined;
  if (new Set(ids).size < ids.length || (query.get('upsert') !== 'true' && ids.some(isKnown)))
    throw new RestError(400, duplicateEntry);
  const created = items.map((item) => create(records, schema, item, query));
  return { status: 201, body: { data: { [`create${capital(schema.namePlural)}`]: created } } };
}

/** The fields of a body. Unknown ones, and values that Twenty could not store, are refused. */
function checked(records: RecordStore, schema: ObjectSchema, body: unknown): JsonObject {
  if (!isObject(body)) throw new RestError(400, 'Body must be an object');
  const { nameSingular, fields: types } = schema;
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(types, name));
  if (unknown !== undefined) throw new RestError(400, `Object ${nameSingular} doesn't have any "${unknown}" field.`);
  const fields = storedValues(schema, body);
  for (const [name, value] of Object.entries(fields)) {
    const related = relationOf(types[name] ?? 'TEXT');
    if ((related === undefined && name !== 'id') || value === null) continue;
    if (!isUuid(value)) throw new RestError(400, `'${value}' is not a valid UUID`);
    // Members of the workspace are no records here.
    if (related === undefined || related === 'workspaceMember') continue;
    if (records.get(related, value) === undefined)
      throw new RestError(
        400,
        `insert or update on table "${nameSingular}" violates foreign key constraint of "${name}"`,
      );
  }
  return fields;
}

function schemaOf(plural: string | undefined): ObjectSchema {
  const schema = objectSchemas.find(({ namePlural }) => namePlural === plural);
  if (schema !== undefined) return schema;
  const singular = objectSchemas.find(({ nameSingular }) => nameSingular === plural);
  const hint = singular === undefined ? '' : ` Did you mean '${singular.namePlural}'?`;
  throw new RestError(400, `object '${plural}' not found.${hint}`);
}

const invalidPath = (path: readonly string[]): RestError =>
  new RestError(
    400,
    `Query path '/rest/${path.join('/')}' invalid. Valid examples: /rest/companies/id or /rest/companies or /rest/batch/companies`,
  );

const duplicateEntry = 'A duplicate entry was detected';
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
