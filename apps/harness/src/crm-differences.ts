import type { HubSpotStandIn } from '@twenty-webhooks/crm-sync/dev/hubspot-stand-in';
import type { SimulatedRecord, SimulatedWorkspace } from '@twenty-webhooks/testing';
import { groupBy } from './group-by.ts';

/** Compare HubSpot with Twenty, record by record, without the app: what is missing, wrong, too much. */
export function differences(workspace: SimulatedWorkspace, hubspot: HubSpotStandIn): readonly string[] {
  const companies = byTwentyId(hubspot.companies);
  const contacts = byTwentyId(hubspot.contacts);
  const liveCompanies = new Set(
    workspace
      .list('company')
      .filter(isLive)
      .map(({ id }) => id),
  );
  return [
    ...compare('company', workspace.list('company'), companies, (record) => ({
      name: record.name,
      domain: domainOf((record.domainName as Link)?.primaryLinkUrl),
      city: (record.address as { addressCity?: string } | null)?.addressCity,
    })),
    ...compare('person', workspace.list('person'), contacts, (record) => {
      const { name, emails, phones } = record as Person;
      return {
        firstname: name?.firstName,
        lastname: name?.lastName,
        email: emails?.primaryEmail?.toLowerCase(),
        phone: phones?.primaryPhoneNumber && `${phones.primaryPhoneCallingCode}${phones.primaryPhoneNumber}`,
        jobtitle: record.jobTitle,
      };
    }),
    ...workspace
      .list('person')
      .filter(isLive)
      .flatMap((person) => {
        const contact = contacts.get(person.id)?.[0];
        if (contact === undefined) return [];
        const wanted = liveCompanies.has(String(person.companyId))
          ? companies.get(String(person.companyId))?.[0]?.id
          : undefined;
        const found = hubspot.associationsOf(contact.id).map(String);
        const isRight = wanted === undefined ? found.length === 0 : found.join() === String(wanted);
        return isRight ? [] : [`company of person ${person.id}: ${found.join()} instead of ${wanted}`];
      }),
  ];
}

type Found = { readonly id: string; readonly properties: Readonly<Record<string, unknown>> };
type Link = { readonly primaryLinkUrl?: string } | null;
interface Person extends SimulatedRecord {
  readonly name: { readonly firstName?: string; readonly lastName?: string } | null;
  readonly emails: { readonly primaryEmail?: string } | null;
  readonly phones: { readonly primaryPhoneNumber?: string; readonly primaryPhoneCallingCode?: string } | null;
}

const isLive = ({ deletedAt }: SimulatedRecord): boolean => deletedAt === null;

function byTwentyId(objects: HubSpotStandIn['contacts']): ReadonlyMap<string, readonly Found[]> {
  const live = [...objects.values()].filter(({ archived }) => !archived);
  return groupBy(live, ({ properties }) => String(properties.twenty_id));
}

function compare(
  object: string,
  records: readonly SimulatedRecord[],
  found: ReadonlyMap<string, readonly Found[]>,
  wantedOf: (record: SimulatedRecord) => Readonly<Record<string, unknown>>,
): readonly string[] {
  const live = records.filter(isLive);
  const known = new Set(live.map(({ id }) => id));
  return [
    ...[...found.keys()].filter((id) => !known.has(id)).map((id) => `${object} ${id} should not be there`),
    ...live.flatMap((record) => {
      const its = found.get(record.id) ?? [];
      if (its.length !== 1) return [`${object} ${record.id} is there ${its.length} times`];
      return Object.entries(wantedOf(record)).flatMap(([name, value]) => {
        const written = its[0]?.properties[name];
        return (written ?? '') === (value ?? '')
          ? []
          : [`${name} of ${object} ${record.id}: ${written} instead of ${value}`];
      });
    }),
  ];
}

const domainOf = (url: string | undefined): string =>
  (url ?? '')
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/?#].*$/, '');
