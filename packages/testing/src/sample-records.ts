import { randomUUID } from 'node:crypto';
import type { JsonObject } from './deep-merge.ts';

/** A record as servers send it: the state after the change, or before it if it was destroyed. */
export function sampleRecord(object: string, action: string, workspaceMemberId: string): JsonObject {
  const { createdAt, updatedAt } = timesOf(action);
  const actor = { source: 'MANUAL', workspaceMemberId, name: 'Zoë Müller', context: {} };
  return {
    id: randomUUID(),
    createdAt,
    updatedAt,
    deletedAt: isRemoved(action) ? updatedAt : null,
    createdBy: actor,
    updatedBy: actor,
    position: 1,
    searchVector: "'zoë':1",
    ...(nestedFields[object] ?? customFields)(),
  };
}

/** A record as the guide shows it: flat, and split into new and old values. */
export function flatRecord(
  object: string,
  action: string,
): {
  readonly id: string;
  readonly attributes: JsonObject | null;
  readonly previousAttributes: JsonObject | null;
} {
  const { createdAt, updatedAt } = timesOf(action);
  const id = randomUUID();
  const fields = (flatFields[object] ?? (() => ({ name: 'Ariane – Étage 2 🚀' })))();
  if (isRemoved(action)) return { id, attributes: null, previousAttributes: { ...fields, deletedAt: updatedAt } };
  const previousAttributes = action === 'updated' ? { [changedFieldOf(object, fields)]: 'Ärmel' } : null;
  return { id, attributes: { ...fields, createdAt, updatedAt }, previousAttributes };
}

/** What the sample of an update says was changed; deleting and restoring change `deletedAt`. */
export function updatedFieldsOf(object: string, action: string): readonly string[] {
  if (action !== 'updated') return ['deletedAt'];
  return [changedFieldOf(object, (nestedFields[object] ?? customFields)())];
}

const changedFieldOf = (object: string, fields: JsonObject): string => {
  const usual = { person: 'jobTitle', opportunity: 'stage', task: 'status' }[object];
  return usual !== undefined && usual in fields ? usual : (Object.keys(fields)[0] ?? 'name');
};

const isRemoved = (action: string): boolean => action === 'deleted' || action === 'destroyed';

function timesOf(action: string): { readonly createdAt: string; readonly updatedAt: string } {
  const nowMs = Date.now();
  const createdAtMs = action === 'created' ? nowMs : nowMs - 24 * 60 * 60 * 1_000;
  return { createdAt: new Date(createdAtMs).toISOString(), updatedAt: new Date(nowMs).toISOString() };
}

type Fields = { readonly [object: string]: (() => JsonObject) | undefined };

const link = (url: string): JsonObject => ({ primaryLinkLabel: '', primaryLinkUrl: url, secondaryLinks: [] });
const inDays = (days: number): string => new Date(Date.now() + days * 24 * 60 * 60 * 1_000).toISOString();
const richText = (text: string): JsonObject => ({
  blocknote: JSON.stringify([{ type: 'paragraph', content: [{ type: 'text', text, styles: {} }] }]),
  markdown: text,
});

const nestedFields: Fields = {
  person: () => ({
    name: { firstName: 'Zoë', lastName: 'D’Arc' },
    emails: { primaryEmail: 'zoe@example.com', additionalEmails: ['zoe@darc.example'] },
    phones: {
      primaryPhoneNumber: '2012345678',
      primaryPhoneCountryCode: 'US',
      primaryPhoneCallingCode: '+1',
      additionalPhones: [{ number: '612345678', countryCode: 'FR', callingCode: '+33' }],
    },
    linkedinLink: link('https://www.linkedin.com/in/zoe'),
    jobTitle: 'Ingénieure en chef 🚀',
    avatarUrl: '',
    companyId: randomUUID(),
  }),
  company: () => ({
    name: 'Crêperie Analytique & Söhne',
    domainName: link('https://analytique.example'),
    address: {
      addressStreet1: '12, rue de l’Église',
      addressStreet2: '',
      addressCity: 'Orléans',
      addressPostcode: '45000',
      addressState: '',
      addressCountry: 'France',
      addressLat: null,
      addressLng: null,
    },
    linkedinLink: link(''),
    annualRevenue: { amountMicros: 1250000000000, currencyCode: 'EUR' },
    accountOwnerId: null,
  }),
  opportunity: () => ({
    name: 'Moteur – 2ᵉ série',
    amount: { amountMicros: 500000000, currencyCode: 'EUR' },
    closeDate: inDays(30),
    stage: 'PROPOSAL',
    pointOfContactId: randomUUID(),
    companyId: randomUUID(),
    ownerId: null,
  }),
  note: () => ({ title: 'Anruf — Zoë 🚀', bodyV2: richText('Zurückrufen, „heute“') }),
  task: () => ({
    title: 'Envoyer le devis à Zoë',
    bodyV2: richText('Avant midi ☕'),
    dueAt: inDays(7),
    status: 'TODO',
    assigneeId: null,
  }),
};

const customFields = (): JsonObject => ({
  name: 'Ariane – Étage 2 🚀',
  engines: 5,
  fuel: 'LOX',
  tags: ['HEAVY', 'CREWED'],
  isCrewed: true,
  launchedOn: new Date().toISOString().slice(0, 10),
  budget: '123456789.25',
  telemetry: { stages: 3 },
  ownerPersonId: randomUUID(),
});

const flatFields: Fields = {
  person: () => ({
    firstName: 'Zoë',
    lastName: 'D’Arc',
    email: 'zoe@example.com',
    phone: '+12012345678',
    companyId: randomUUID(),
  }),
  company: () => ({ name: 'Crêperie Analytique & Söhne', domainName: 'analytique.example' }),
  opportunity: () => ({ name: 'Moteur – 2ᵉ série', amount: 500, stage: 'PROPOSAL', companyId: randomUUID() }),
  note: () => ({ title: 'Anruf — Zoë 🚀', body: 'Zurückrufen, „heute“' }),
  task: () => ({ title: 'Envoyer le devis à Zoë', status: 'TODO', dueAt: inDays(7) }),
};
