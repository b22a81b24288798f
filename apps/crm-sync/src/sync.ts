import { type HandlerContext, NonRetryableError, type TwentyEvent } from '@twenty-webhooks/fastify';
import { associations, hubspot, records, upsert } from '../lib/hubspot.ts';
import { findLinks, getLink, type Link, saveLink } from '../lib/links.ts';
import { objects, type Properties, type TwentyRecord } from './mapping.ts';

export type Synced = Extract<TwentyEvent, { kind: 'record'; data: { object: 'company' | 'person' } }>;

/** Bring HubSpot to the state of the event, unless a newer one is known. Resolves with the people who waited for it. */
export async function sync({ action, data, timestamp, workspaceId }: Synced, context: HandlerContext): Promise<Link[]> {
  const call = <T>(request: () => Promise<T>) => hubspot(context.signal, request);
  const { object, id } = data;
  const { kind, toProperties } = objects[object];
  const update = (at: string, properties: Properties) => call(() => records.update(kind, at, { properties }));
  const record = (data.attributes ?? data.previousAttributes ?? {}) as TwentyRecord;
  const isGone = action === 'destroyed' || action === 'deleted' || (action !== 'restored' && record.deletedAt != null);
  let link = await getLink(object, id);
  // The guide's format leaves `updatedAt` out now and then.
  const version = new Date(record.updatedAt ?? record.deletedAt ?? timestamp).toISOString();
  const { version: last = '', unfinished: wasUnfinished } = link;
  const isSameAsDeleted = version === last && !link.wanted && !isGone && action !== 'restored';
  const isOlder = link.destroyed || version < last || isSameAsDeleted;
  if (isOlder && action !== 'destroyed') return []; // Nothing is newer than the end.
  const wanted = isGone ? {} : { ...link.wanted, ...toProperties(record) };
  const { companyId = link.companyId } = record;
  // Before any call: if this run ends in the middle of one, the next does not take for certain what was being written.
  const certain = Object.fromEntries(Object.entries(link.written).filter(([name, value]) => value === wanted[name]));
  const state = isGone ? { wanted: undefined, companyId: undefined } : { wanted, companyId };
  const begun = { version, workspaceId, destroyed: action === 'destroyed', unfinished: true, waitsFor: undefined };
  link = await saveLink({ ...link, ...begun, ...state, written: certain });
  let twin: string | undefined;
  if (isGone) {
    // Looked up, since a run that was killed may have made one that the link does not know.
    const found = await call(() => records.getById(kind, id, [], [], [], false, 'twenty_id'));
    if (found) await call(() => records.archive(kind, found.id));
    link = await saveLink({ ...link, hubspotId: undefined, companies: [], unfinished: false });
  } else {
    const holder = await write(wanted);
    if (holder) await settle(holder);
    await associate();
    if (twin) throw new NonRetryableError(`Merge HubSpot's contacts ${twin}, ${link.hubspotId}: one e-mail address`);
  }
  const people = link.hubspotId ? await findLinks({ object: 'person', companyId: id }) : [];
  const apart = people.filter(({ companies }) => companies?.join() !== link.hubspotId);
  return [...apart, ...(await findLinks({ object: 'person', waitsFor: id }))];

  /** Another contact has the e-mail address. */
  async function settle(holder: string): Promise<void> {
    const twentyId = (await call(() => records.getById(kind, holder, ['twenty_id'])))?.properties.twenty_id;
    if (twentyId || link.hubspotId) return giveWay(holder, twentyId);
    // Made by hand, or by a form: take it. What Twenty does not know of it stays.
    const known = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
    if (!(await update(holder, { ...known, twenty_id: id }))) throw new Error('HubSpot: the contact is gone');
    link = await saveLink({ ...link, hubspotId: holder, companies: [], written: wanted });
  }

  /** Go without the e-mail address, so that another can have the old one, until its holder changes. */
  async function giveWay(holder: string, twentyId?: string | null): Promise<void> {
    const others = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== 'email'));
    await write({ ...others, email: '' });
    link = await saveLink({ ...link, written: others, waitsFor: twentyId || holder });
    // Once more: the other may have changed before it could know that this one waits.
    if (!(await write(wanted))) link = { ...link, waitsFor: undefined };
    else if (!twentyId || !(await getLink(object, twentyId)).revision) twin = holder; // Nobody's who could change.
  }

  /** Write what differs, and nothing else. Resolves with the contact that has the e-mail address, if another has. */
  async function write(properties: Properties): Promise<string | undefined> {
    const changed = Object.entries(properties).filter(([name, value]) => value !== link.written[name]);
    try {
      if (!link.hubspotId || (changed.length > 0 && !(await update(link.hubspotId, Object.fromEntries(changed))))) {
        link = { ...link, hubspotId: await call(() => upsert(kind, id, properties)), companies: [] };
        if (!link.hubspotId) throw new Error('HubSpot: 404 when it was to make one');
      }
      link = { ...link, written: properties };
      return undefined;
    } catch (error) {
      const { holder } = error as { holder?: string };
      if (!holder) throw error;
      return holder;
    }
  }

  async function associate(): Promise<void> {
    const { hubspotId: contact = '', companies = [] } = link;
    const { hubspotId: company } = await getLink('company', link.companyId ?? '');
    if (companies.join() !== (company ?? '') || wasUnfinished) {
      if (company) link = await saveLink({ ...link, companies: [...companies, company] });
      const others = companies.filter((one) => one !== company);
      for (const one of others) await call(() => associations.archive('contacts', contact, 'companies', one));
      if (company) await call(() => associations.createDefault('contacts', contact, 'companies', company));
    }
    link = await saveLink({ ...link, companies: company ? [company] : [], unfinished: false });
  }
}
