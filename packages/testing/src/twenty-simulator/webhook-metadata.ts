import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../deep-merge.ts';
import type { SimulatedWebhook } from './webhook-registry.ts';
import type { WebhookChange } from './webhook-routes.ts';

/** What a metadata event says of a webhook that changed: its secret too, as Twenty's appear to. `undefined`: nothing did. */
export function metadataOf({
  before,
  after,
}: WebhookChange):
  | (JsonObject & { readonly recordId: string; readonly type: 'created' | 'updated' | 'deleted' })
  | undefined {
  const recordId = (after ?? before)?.id;
  if (recordId === undefined) return undefined;
  const metadataName = 'webhook';
  if (before === undefined) return { metadataName, recordId, type: 'created', properties: { after } };
  if (after === undefined) return { metadataName, recordId, type: 'deleted', properties: { before } };
  const updatedFields = (Object.keys(after) as (keyof SimulatedWebhook)[]).filter(
    (name) => name !== 'updatedAt' && !isDeepStrictEqual(before[name], after[name]),
  );
  if (updatedFields.length === 0) return undefined;
  const diff = Object.fromEntries(updatedFields.map((name) => [name, { before: before[name], after: after[name] }]));
  return { metadataName, recordId, type: 'updated', properties: { updatedFields, diff, before, after } };
}
