import type { ObjectSchema } from './object-schemas.ts';
import type { SimulatedRecord } from './record-changes.ts';
import { RestError } from './rest-answer.ts';
import { compareValues, restField } from './rest-fields.ts';

/** An order of records in which no two are equal. */
export interface RecordOrder {
  /** The names of the fields that decide; the id is the last. */
  readonly fields: readonly string[];
  /** Their values. */
  keyOf(record: SimulatedRecord): SortKey;
  compare(left: SortKey, right: SortKey): number;
}

export type SortKey = readonly unknown[];

/** Read `updatedAt[DescNullsLast],name.firstName`. Ties are broken by id, as Twenty does. @throws RestError 400 */
export function parseOrder(orderBy: string | null, schema: ObjectSchema): RecordOrder {
  const wanted = orderBy === null || orderBy === '' ? [] : orderBy.split(',');
  const terms = [...wanted, 'id'].map((text) => {
    const [, path = '', direction = 'AscNullsFirst'] = /^\s*([^[]*)(?:\[([^\]]*)\])?\s*$/.exec(text) ?? [];
    const [, sign, nulls] = /^(Asc|Desc)Nulls(First|Last)$/.exec(direction) ?? [];
    if (sign === undefined)
      throw new RestError(
        400,
        `'order_by' direction '${direction}' invalid. Allowed values are 'AscNullsFirst', 'AscNullsLast', 'DescNullsFirst', 'DescNullsLast'. eg: ?order_by=field_1[AscNullsFirst],field_2[DescNullsLast],field_3`,
      );
    return { field: restField(schema, path), sign: sign === 'Asc' ? 1 : -1, nullSign: nulls === 'First' ? -1 : 1 };
  });
  return {
    fields: terms.map(({ field }) => field.name),
    keyOf: (record) => terms.map(({ field }) => field.read(record) ?? null),
    compare(left, right) {
      for (const [index, { sign, nullSign }] of terms.entries()) {
        const [a, b] = [left[index] ?? null, right[index] ?? null];
        if (a === null && b === null) continue;
        if (a === null) return nullSign;
        if (b === null) return -nullSign;
        const order = compareValues(a, b) * sign;
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}
