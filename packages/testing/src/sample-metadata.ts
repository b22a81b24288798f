import { randomUUID } from 'node:crypto';
import type { JsonObject } from './deep-merge.ts';

/** What a metadata event says of the change; `name` is `metadata.<metadataName>.<action>`. */
export function sampleMetadataChange(name: string): JsonObject {
  const [, metadataName = '', type = ''] = name.split('.');
  const recordId = randomUUID();
  const state = { id: recordId, ...(states[metadataName] ?? { name: 'Überblick', isActive: true }) };
  return { metadataName, recordId, type, properties: propertiesOf(type, state) };
}

function propertiesOf(type: string, state: JsonObject): JsonObject {
  if (type === 'created') return { after: state };
  if (type === 'deleted') return { before: state };
  const [, field = 'id'] = Object.keys(state);
  const after = { ...state, [field]: `${String(state[field])} ✎` };
  const diff = { [field]: { before: state[field], after: after[field] } };
  return { updatedFields: [field], diff, before: state, after };
}

// The first member is the one that an update changes.
const states: { readonly [metadataName: string]: JsonObject | undefined } = {
  objectMetadata: { labelSingular: 'Fusée', nameSingular: 'rocket', namePlural: 'rockets', isCustom: true },
  fieldMetadata: { label: 'Größe', name: 'size', type: 'NUMBER', isNullable: true, isCustom: true },
  view: { name: 'Überblick', type: 'TABLE', icon: 'IconList', position: 0 },
  // A server's own webhook events hold the secret as well; a sample has none to give.
  webhook: { description: 'Sync – Büro', targetUrl: 'https://example.com/webhooks/twenty', operations: ['*.*'] },
};
