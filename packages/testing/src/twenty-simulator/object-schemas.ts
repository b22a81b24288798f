import type { JsonObject } from '../deep-merge.ts';

/** What a field holds, in Twenty's words; the name of an object makes it a relation to one of its records. */
export type FieldType =
  | 'TEXT'
  | 'NUMBER'
  | 'BOOLEAN'
  | 'DATE_TIME'
  | 'DATE'
  | 'UUID'
  | 'ARRAY'
  | 'RAW_JSON'
  | CompositeType
  | `RELATION:${string}`;

type CompositeType = 'FULL_NAME' | 'EMAILS' | 'PHONES' | 'LINKS' | 'CURRENCY' | 'ADDRESS' | 'ACTOR' | 'RICH_TEXT';

export interface ObjectSchema {
  readonly nameSingular: string;
  readonly namePlural: string;
  readonly metadataId: string;
  /** In the order in which a record lists them. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** What a field holds if nobody says; otherwise the type's own default. */
  readonly defaults: JsonObject;
}

/** On every object, before its own fields. */
export const commonFields: Readonly<Record<string, FieldType>> = {
  id: 'UUID',
  createdAt: 'DATE_TIME',
  updatedAt: 'DATE_TIME',
  deletedAt: 'DATE_TIME',
  createdBy: 'ACTOR',
  updatedBy: 'ACTOR',
  position: 'NUMBER',
  searchVector: 'TEXT',
};

/** The sub-fields of each composite, with what an empty one holds. */
export const composites: Readonly<Record<CompositeType, JsonObject>> = {
  FULL_NAME: { firstName: '', lastName: '' },
  EMAILS: { primaryEmail: '', additionalEmails: null },
  PHONES: {
    primaryPhoneNumber: '',
    primaryPhoneCountryCode: '',
    primaryPhoneCallingCode: '',
    additionalPhones: null,
  },
  LINKS: { primaryLinkLabel: '', primaryLinkUrl: '', secondaryLinks: null },
  CURRENCY: { amountMicros: null, currencyCode: '' },
  ADDRESS: {
    addressStreet1: '',
    addressStreet2: '',
    addressCity: '',
    addressPostcode: '',
    addressState: '',
    addressCountry: '',
    addressLat: null,
    addressLng: null,
  },
  ACTOR: { source: 'MANUAL', workspaceMemberId: null, name: '', context: {} },
  RICH_TEXT: { blocknote: null, markdown: null },
};

export const isComposite = (type: FieldType): type is CompositeType => type in composites;

/** The object that a relation field points to; `undefined` for other fields. */
export const relationOf = (type: FieldType): string | undefined =>
  type.startsWith('RELATION:') ? type.slice('RELATION:'.length) : undefined;

/** The value of a field that nobody set: texts and composites are never null in a fresh record, the rest is. */
export function emptyValue(type: FieldType): unknown {
  if (isComposite(type)) return structuredClone(composites[type]);
  return type === 'TEXT' ? '' : null;
}

const schema = (
  nameSingular: string,
  namePlural: string,
  number: number,
  fields: Readonly<Record<string, FieldType>>,
  defaults: JsonObject = {},
): ObjectSchema => {
  const metadataId = `0a1b2c3d-000${number}-4000-8000-00000000000${number}`;
  return { nameSingular, namePlural, metadataId, fields: { ...commonFields, ...fields }, defaults };
};

/** The simulated workspace's objects; `rocket` is a custom one. */
export const objectSchemas: readonly ObjectSchema[] = [
  schema('person', 'people', 1, {
    name: 'FULL_NAME',
    emails: 'EMAILS',
    phones: 'PHONES',
    linkedinLink: 'LINKS',
    jobTitle: 'TEXT',
    avatarUrl: 'TEXT',
    companyId: 'RELATION:company',
  }),
  schema('company', 'companies', 2, {
    name: 'TEXT',
    domainName: 'LINKS',
    address: 'ADDRESS',
    linkedinLink: 'LINKS',
    annualRevenue: 'CURRENCY',
    accountOwnerId: 'RELATION:workspaceMember',
  }),
  schema(
    'opportunity',
    'opportunities',
    3,
    {
      name: 'TEXT',
      amount: 'CURRENCY',
      closeDate: 'DATE_TIME',
      stage: 'TEXT',
      pointOfContactId: 'RELATION:person',
      companyId: 'RELATION:company',
      ownerId: 'RELATION:workspaceMember',
    },
    { stage: 'NEW' },
  ),
  schema('note', 'notes', 4, { title: 'TEXT', bodyV2: 'RICH_TEXT' }),
  schema(
    'task',
    'tasks',
    5,
    {
      title: 'TEXT',
      bodyV2: 'RICH_TEXT',
      dueAt: 'DATE_TIME',
      status: 'TEXT',
      assigneeId: 'RELATION:workspaceMember',
    },
    { status: 'TODO' },
  ),
  schema('rocket', 'rockets', 6, {
    name: 'TEXT',
    engines: 'NUMBER',
    fuel: 'TEXT',
    tags: 'ARRAY',
    isCrewed: 'BOOLEAN',
    launchedOn: 'DATE',
    budget: 'TEXT',
    telemetry: 'RAW_JSON',
    ownerPersonId: 'RELATION:person',
  }),
  ...(['task', 'note'] as const).map((source, index) =>
    schema(`${source}Target`, `${source}Targets`, 7 + index, {
      [`${source}Id`]: `RELATION:${source}`,
      targetPersonId: 'RELATION:person',
      targetCompanyId: 'RELATION:company',
      targetOpportunityId: 'RELATION:opportunity',
      targetRocketId: 'RELATION:rocket',
    }),
  ),
];
