import type { JsonObject } from '../deep-merge.ts';
import { isComposite } from './field-types.ts';
import { objectSchemas } from './object-schemas.ts';
import type { SimulatedRecord } from './record-changes.ts';

/**
 * A record as the guide shows it: one value a field, `firstName` instead of `name.firstName`. What the guide does not
 * name keeps Twenty's name; what it leaves out of every example (authors, position, search vector) is left out.
 */
export function flatAttributes(object: string, record: SimulatedRecord): JsonObject {
  const { id: _, createdAt, updatedAt, deletedAt, createdBy: _1, updatedBy: _2, position: _3, ...rest } = record;
  const { searchVector: _4, ...fields } = rest as JsonObject;
  const types = objectSchemas.find(({ nameSingular }) => nameSingular === object)?.fields ?? {};
  const flat = Object.entries(fields).flatMap(([name, value]) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    return type !== undefined && isComposite(type) ? flatten(name, value) : [[name, value] as const];
  });
  return { ...Object.fromEntries(flat), createdAt, updatedAt, ...(deletedAt !== null && { deletedAt }) };
}

type Attributes = readonly (readonly [name: string, value: unknown])[];

function flatten(name: string, composite: unknown): Attributes {
  const value = (composite ?? {}) as Record<string, unknown>;
  switch (name) {
    case 'name':
      return [
        ['firstName', value.firstName ?? null],
        ['lastName', value.lastName ?? null],
      ];
    case 'emails':
      return [['email', value.primaryEmail || null]];
    case 'phones':
      return [['phone', `${value.primaryPhoneCallingCode ?? ''}${value.primaryPhoneNumber ?? ''}` || null]];
    case 'domainName':
      return [[name, String(value.primaryLinkUrl ?? '').replace(/^https?:\/\//, '') || null]];
    case 'linkedinLink':
      return [[name, value.primaryLinkUrl || null]];
    case 'amount':
    case 'annualRevenue':
      return [[name, value.amountMicros == null ? null : Number(value.amountMicros) / 1_000_000]];
    case 'address': {
      const parts = [
        'addressStreet1',
        'addressStreet2',
        'addressPostcode',
        'addressCity',
        'addressState',
        'addressCountry',
      ];
      return [
        [
          name,
          parts
            .map((part) => value[part])
            .filter(Boolean)
            .join(', ') || null,
        ],
      ];
    }
    case 'bodyV2':
      return [['body', value.markdown ?? null]];
    default:
      return [[name, composite]];
  }
}
