import { type CompanyRecord, type PersonRecord, primaryEmail, primaryPhone } from '@twenty-webhooks/fastify';

export type TwentyRecord = PersonRecord & Pick<CompanyRecord, 'domainName' | 'address'>;
export type Properties = Record<string, string>;

/** As HubSpot keeps it, of a person in either of Twenty's formats. What else is to be kept in step, add it here. */
function toContact(person: TwentyRecord): Properties {
  const { name, emails, email = emails, phones, phone = phones, jobTitle: jobtitle } = person;
  const { firstName: firstname, lastName: lastname } =
    name === null ? { firstName: '', lastName: '' } : (name ?? person);
  const address = email && (primaryEmail(person) ?? '').trim().toLowerCase();
  return given({ firstname, lastname, email: address, phone: phone && (primaryPhone(person) ?? ''), jobtitle });
}

function toCompany({ name, domainName, address }: TwentyRecord): Properties {
  const link = typeof domainName === 'object' ? (domainName?.primaryLinkUrl ?? '') : domainName;
  const domain = link?.toLowerCase().replace(/^\s*(https?:\/\/)?(www\.)?|[/?#].*$|\s+$/g, '');
  const city = typeof address === 'object' ? (address?.addressCity ?? '') : undefined;
  return given({ name: name && String(name), domain, city });
}

/** `null` clears a property. What is absent stays as it is: the guide's format may have only what changed. */
const given = (all: object): Properties => JSON.parse(JSON.stringify(all), (_, value) => value ?? '');

export const objects = {
  company: { plural: 'companies', kind: 'companies', toProperties: toCompany },
  person: { plural: 'people', kind: 'contacts', toProperties: toContact },
};
