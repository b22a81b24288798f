import type { TwentyEvent } from './events.ts';
import { withAttributes } from './parse-event.ts';
import type { Schemas } from './standard-schema.ts';

export type Validation =
  | { readonly event: TwentyEvent }
  | { readonly issues: readonly unknown[]; readonly paths: string };

/** Check a record's attributes, if its object has a schema, and put the schema's output in their place. */
export async function validateEvent(event: TwentyEvent, schemas: Schemas): Promise<Validation> {
  if (event.kind !== 'record' || event.data.attributes === null) return { event };
  const schema = Object.hasOwn(schemas, event.data.object) ? schemas[event.data.object] : undefined;
  if (schema === undefined) return { event };
  const result = await schema['~standard'].validate(event.data.attributes);
  if (result.issues === undefined) return { event: withAttributes(event, result.value) };
  // The names of fields only: messages of some libraries quote the value.
  const paths = result.issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  );
  return { issues: result.issues, paths: [...new Set(paths)].join(', ') };
}
