import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../deep-merge.ts';
import type { SimulatedRecord } from './record-changes.ts';
import { RestError } from './rest-answer.ts';
import type { RecordOrder, SortKey } from './rest-order.ts';

export interface Page {
  readonly records: readonly SimulatedRecord[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * Cut a page out of records that match. A cursor holds the sort key of a record, not its place: what comes, goes or moves
 * in the meantime shifts nothing.
 * @throws RestError 400
 */
export function pageOf(matching: readonly SimulatedRecord[], order: RecordOrder, query: URLSearchParams): Page {
  const limit = limitFrom(query.get('limit'));
  const after = cursorFrom(query.get('starting_after'), 'starting_after', order);
  const before = cursorFrom(query.get('ending_before'), 'ending_before', order);
  if (after !== undefined && before !== undefined)
    throw new RestError(400, "Give either 'starting_after' or 'ending_before', not both");
  const sorted = matching
    .map((record) => ({ record, key: order.keyOf(record) }))
    .sort((left, right) => order.compare(left.key, right.key));
  const inRange = sorted.filter(
    ({ key }) =>
      (after === undefined || order.compare(key, after) > 0) &&
      (before === undefined || order.compare(key, before) < 0),
  );
  const page = before === undefined ? inRange.slice(0, limit) : inRange.slice(Math.max(0, inRange.length - limit));
  const [first, last] = [page[0], page.at(-1)];
  return {
    records: page.map(({ record }) => record),
    totalCount: matching.length,
    pageInfo: {
      hasNextPage: last !== undefined && last !== sorted.at(-1),
      hasPreviousPage: first !== undefined && first !== sorted[0],
      startCursor: first === undefined ? null : toCursor(first.key, order),
      endCursor: last === undefined ? null : toCursor(last.key, order),
    },
  };
}

function limitFrom(text: string | null): number {
  if (text === null || text === '') return maxLimit;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw new RestError(400, `limit '${text}' is invalid. Should be an integer`);
  return Math.min(limit, maxLimit);
}

// Twenty's default. Newer servers allow more (200), older ones do not: whoever can live with 60 can live with all.
const maxLimit = 60;

/** The values of the fields that decide, by name. */
const toCursor = (key: SortKey, { fields }: RecordOrder): string =>
  Buffer.from(JSON.stringify(Object.fromEntries(fields.map((name, index) => [name, key[index]])))).toString('base64');

function cursorFrom(text: string | null, name: string, { fields }: RecordOrder): SortKey | undefined {
  if (text === null || text === '') return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    // One of another order would point anywhere.
    if (isObject(values) && isDeepStrictEqual(Object.keys(values), [...new Set(fields)]))
      return fields.map((field) => values[field]);
  } catch {}
  throw new RestError(400, `Invalid cursor: ${text} (${name})`);
}
