import type { JsonObject } from '../deep-merge.ts';
import { objectMetadataIdOf } from '../identities.ts';
import type { FieldType } from './field-types.ts';

export interface ObjectSchema {
  readonly nameSingular: string;
  readonly namePlural: string;
  readonly metadataId: string;
  /** In the order in which a record lists them. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** What a field holds if nobody says; otherwise the type's own default. */
  readonly defaults: JsonObject;
  /** Whether its records only link others: they go when one of those is destroyed. */
  readonly isLink: boolean;
}

/** On every object, before its own fields. */
const commonFields: Readonly<Record<string, FieldType>> = {
  id: 'UUID',
  createdAt: 'DATE_TIME',
  updatedAt: 'DATE_TIME',
  deletedAt: 'DATE_TIME',
  createdBy: 'ACTOR',
  updatedBy: 'ACTOR',
  position: 'POSITION',
  searchVector: 'TEXT',
};

const schema = (
  nameSingular: string,
  namePlural: string,
  number: number,
  fields: Readonly<Record<string, FieldType>>,
  defaults: JsonObject = {},
): ObjectSchema => {
  const metadataId = objectMetadataIdOf(number);
  return { nameSingular, namePlural, metadataId, fields: { ...commonFields, ...fields }, defaults, isLink: false };
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
  ...(['task', 'note'] as const).map((source, index) => ({
    ...schema(`${source}Target`, `${source}Targets`, 7 + index, {
      [`${source}Id`]: `RELATION:${source}`,
      targetPersonId: 'RELATION:person',
      targetCompanyId: 'RELATION:company',
      targetOpportunityId: 'RELATION:opportunity',
      targetRocketId: 'RELATION:rocket',
    }),
    // `onDelete: CASCADE` in Twenty's compute-task-target-standard-flat-field-metadata; it is SET NULL elsewhere.
    isLink: true,
  })),
];
