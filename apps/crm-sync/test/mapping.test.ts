import { describe, expect, it } from 'vitest';
import { objects } from '../src/mapping.ts';

const { toProperties: toContact } = objects.person;
const { toProperties: toCompany } = objects.company;

describe('a contact', () => {
  const contact = {
    firstname: 'Zoë',
    lastname: 'D’Arc',
    email: 'zoe@example.com',
    phone: '+12012345678',
    jobtitle: 'Chef',
  };

  it('is the same of a server’s and of the guide’s person; addresses as HubSpot keeps them', () => {
    const name = { firstName: 'Zoë', lastName: 'D’Arc' };
    const emails = { primaryEmail: ' Zoe@Example.com', additionalEmails: null };
    const phones = { primaryPhoneNumber: '2012345678', primaryPhoneCallingCode: '+1' };
    expect(toContact({ name, emails, phones, jobTitle: 'Chef' })).toEqual(contact);
    expect(toContact({ ...name, email: 'zoe@example.com', phone: '+12012345678', jobTitle: 'Chef' })).toEqual(contact);
  });

  it('of a person of whom nothing is known clears everything; what is absent is left alone', () => {
    const empty = { firstname: '', lastname: '', email: '', phone: '', jobtitle: '' };
    expect(toContact({})).toEqual({});
    expect(toContact({ lastName: 'Doe' })).toEqual({ lastname: 'Doe' });
    expect(toContact({ firstName: null, lastName: null, email: null, phone: '', jobTitle: null })).toEqual(empty);
    expect(toContact({ name: null, emails: { primaryEmail: '' }, phones: {}, jobTitle: '' })).toEqual(empty);
    expect(toContact({ name: null, emails: null, phones: null, jobTitle: null })).toEqual(empty);
  });
});

describe('a company', () => {
  it.each([
    ['https://www.Söhne.example/path?x#y', 'söhne.example'],
    ['http://soehne.example', 'soehne.example'],
    ['soehne.example/', 'soehne.example'],
    [' www.soehne.example ', 'soehne.example'],
    ['', ''],
  ])('of the link %j has the domain %j', (primaryLinkUrl, domain) => {
    expect(toCompany({ domainName: { primaryLinkUrl } }).domain).toBe(domain);
    expect(toCompany({ domainName: primaryLinkUrl }).domain).toBe(domain);
  });

  it('of a server and of the guide', () => {
    const address = { addressCity: 'Orléans' };
    expect(toCompany({ name: 'Söhne' as never, address })).toEqual({ name: 'Söhne', city: 'Orléans' });
    expect(toCompany({ name: null, domainName: null, address: null })).toEqual({ name: '', domain: '', city: '' });
    expect(toCompany({ address: '1, rue, Orléans' })).toEqual({});
  });
});
