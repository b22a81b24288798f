import type { JsonObject } from '../deep-merge.ts';

/** What a field holds, in Twenty's words; the name of an object makes it a relation to one of its records. */
export type FieldType = ScalarType | CompositeType | `RELATION:${string}`;

export type ScalarType =
  | 'TEXT'
  | 'NUMBER'
  /** A number, or its digits. */
  | 'NUMERIC'
  /** A number, or `first` or `last`. */
  | 'POSITION'
  | 'BOOLEAN'
  | 'DATE_TIME'
  | 'DATE'
  | 'UUID'
  | 'ARRAY'
  | 'RAW_JSON';

export type CompositeType =
  | 'FULL_NAME'
  | 'EMAILS'
  | 'PHONES'
  | 'LINKS'
  | 'CURRENCY'
  | 'ADDRESS'
  | 'ACTOR'
  | 'RICH_TEXT';

/** The sub-fields of each composite. */
export const composites: Readonly<Record<CompositeType, Readonly<Record<string, ScalarType>>>> = {
  FULL_NAME: { firstName: 'TEXT', lastName: 'TEXT' },
  EMAILS: { primaryEmail: 'TEXT', additionalEmails: 'ARRAY' },
  PHONES: {
    primaryPhoneNumber: 'TEXT',
    primaryPhoneCountryCode: 'TEXT',
    primaryPhoneCallingCode: 'TEXT',
    additionalPhones: 'RAW_JSON',
  },
  LINKS: { primaryLinkLabel: 'TEXT', primaryLinkUrl: 'TEXT', secondaryLinks: 'RAW_JSON' },
  CURRENCY: { amountMicros: 'NUMERIC', currencyCode: 'TEXT' },
  ADDRESS: {
    addressStreet1: 'TEXT',
    addressStreet2: 'TEXT',
    addressCity: 'TEXT',
    addressPostcode: 'TEXT',
    addressState: 'TEXT',
    addressCountry: 'TEXT',
    addressLat: 'NUMERIC',
    addressLng: 'NUMERIC',
  },
  ACTOR: { source: 'TEXT', workspaceMemberId: 'UUID', name: 'TEXT', context: 'RAW_JSON' },
  RICH_TEXT: { blocknote: 'TEXT', markdown: 'TEXT' },
};

export const isComposite = (type: FieldType): type is CompositeType => Object.hasOwn(composites, type);

/** The object that a relation field points to; `undefined` for other fields. */
export const relationOf = (type: FieldType): string | undefined =>
  type.startsWith('RELATION:') ? type.slice('RELATION:'.length) : undefined;

/** The value of a field that nobody set: texts and composites are never null in a fresh record, the rest is. */
export function emptyValue(type: FieldType): unknown {
  if (type === 'RICH_TEXT') return { blocknote: null, markdown: null };
  return isComposite(type) ? emptyComposite(composites[type]) : type === 'TEXT' ? '' : null;
}

const emptyComposite = (subFields: Readonly<Record<string, ScalarType>>): JsonObject =>
  Object.fromEntries(Object.entries(subFields).map(([name, type]) => [name, emptyValue(type)]));
