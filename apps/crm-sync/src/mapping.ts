import { type CompanyRecord, type PersonRecord, primaryEmail, primaryPhone } from '@twenty-webhooks/fastify';

export type TwentyRecord = PersonRecord & Pick<CompanyRecord, 'domainName' | 'address'>;
export type Properties = Record<string, string>;

/** As HubSpot keeps it, of a person in either of Twenty's formats. What else is to be kept in step, add it here. */
function toContact(person: TwentyRecord): Properties {
  const { firstName, lastName } = person.name ?? person;
  const [email = '', phone = ''] = [primaryEmail(person)?.trim().toLowerCase(), primaryPhone(person)];
  return { firstname: firstName ?? '', lastname: lastName ?? '', email, phone, jobtitle: person.jobTitle ?? '' };
}

function toCompany({ name, domainName, address }: TwentyRecord): Properties {
  const link = (typeof domainName === 'string' ? domainName : domainName?.primaryLinkUrl) ?? '';
  const domain = link.toLowerCase().replace(/^\s*(https?:\/\/)?(www\.)?|[/?#].*$|\s+$/g, '');
  return { name: String(name ?? ''), domain, city: (typeof address === 'object' && address?.addressCity) || '' };
}

export const objects = {
  company: { plural: 'companies', kind: 'companies', toProperties: toCompany },
  person: { plural: 'people', kind: 'contacts', toProperties: toContact },
};
