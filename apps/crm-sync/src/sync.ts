import { type HandlerContext, NonRetryableError, type TwentyEvent } from '@twenty-webhooks/fastify';
import { associations, batches, hubspot, records } from '../lib/hubspot.ts';
import { findLinks, getLink, type Link, saveLink } from '../lib/links.ts';
import { objects, type Properties, type TwentyRecord } from './mapping.ts';

type Synced = Extract<TwentyEvent, { kind: 'record'; data: { object: 'company' | 'person' } }>;

/**
 * Bring HubSpot to the state of the event, unless a newer one is known. Jobs of a record run one after the other, and only they write its
 * counterpart. Resolves with the people who wait for this record: they are to have their turn now.
 */
export async function sync({ action, data, timestamp, workspaceId }: Synced, context: HandlerContext): Promise<Link[]> {
  const call = <T>(request: () => Promise<T>) => hubspot(context.signal, request);
  const { object, id } = data;
  const { kind, toProperties } = objects[object];
  const record = (data.attributes ?? data.previousAttributes ?? {}) as TwentyRecord;
  const isGone = action === 'destroyed' || action === 'deleted' || (action !== 'restored' && record.deletedAt != null);
  // The guide's format leaves `updatedAt` out now and then. Nothing is newer than the end.
  const changedAt = new Date(record.updatedAt ?? record.deletedAt ?? timestamp).toISOString();
  const version = action === 'destroyed' ? action : changedAt;
  let link = await getLink(object, id);
  let { written, version: last = '' } = link;
  if (version < last || (version === last && !link.record && !isGone && action !== 'restored')) return [];
  const wasCertain = Object.keys(written).length > 0;
  // Before any call: if this run ends in the middle of one, the next takes nothing for certain.
  const begun = { record: isGone ? undefined : record, version, workspaceId, written: {}, waitsFor: undefined };
  link = await saveLink({ ...link, ...begun });
  if (isGone) {
    // Looked up, since a run that was killed may have made one that the link does not know.
    const found = await call(() => records.getById(kind, id, [], [], [], false, 'twenty_id'));
    if (found) await call(() => records.archive(kind, found.id));
    link = await saveLink({ ...link, hubspotId: undefined, companies: [] });
  } else {
    const clash = await writeAll(toProperties(record));
    await associate();
    if (clash) throw new NonRetryableError(`Merge HubSpot's contacts ${clash}, ${link.hubspotId}: one e-mail address`);
  }
  const { hubspotId } = link;
  const people = hubspotId ? await findLinks({ object: 'person', record: { companyId: id } }) : [];
  const apart = people.filter(({ companies }) => companies?.join() !== hubspotId);
  return [...apart, ...(await findLinks({ object: 'person', waitsFor: id }))];

  /** Resolves with the contact that has the e-mail address, if it is nobody's of Twenty. */
  async function writeAll(wanted: Properties): Promise<string | undefined> {
    const holder = await write(wanted);
    if (!holder) return undefined;
    const other = (await call(() => records.getById(kind, holder, ['twenty_id'])))?.properties.twenty_id;
    // Made by hand, or by a form: take it. Or go without, so that another can have the old address.
    if (!other && !link.hubspotId) link = { ...link, hubspotId: await update(holder, { twenty_id: id }) };
    else await write({ ...wanted, email: '' });
    link = await saveLink({ ...link, waitsFor: other ?? holder });
    // Once more: the other may have changed before it could know that this one waits.
    if (await write(wanted)) return other ? undefined : holder;
    link = { ...link, waitsFor: undefined };
    return undefined;
  }

  /** Write what differs, and nothing else. Resolves with the contact that has the e-mail address, if it is another one. */
  async function write(wanted: Properties): Promise<string | undefined> {
    const changed = Object.entries(wanted).filter(([name, value]) => value !== written[name]);
    if (link.hubspotId && changed.length === 0) return undefined;
    try {
      if (!link.hubspotId || !(await update(link.hubspotId, Object.fromEntries(changed)))) {
        const made = await call(() =>
          batches.upsert(kind, { inputs: [{ idProperty: 'twenty_id', id, properties: wanted }] }),
        );
        link = { ...link, hubspotId: made?.results[0]?.id, companies: [] };
      }
      written = wanted;
      return undefined;
    } catch (error) {
      const { holder } = error as { holder?: string };
      if (!holder) throw error;
      return holder;
    }
  }

  async function update(hubspotId: string, properties: Properties): Promise<string | undefined> {
    return (await call(() => records.update(kind, hubspotId, { properties })))?.id;
  }

  async function associate(): Promise<void> {
    const { hubspotId: contact = '', companies = [] } = link;
    const { hubspotId: company } = await getLink('company', record.companyId ?? '');
    if (companies.join() !== (company ?? '') || !wasCertain) {
      if (company) link = await saveLink({ ...link, companies: [...companies, company] });
      const others = companies.filter((one) => one !== company);
      for (const one of others) await call(() => associations.archive('contacts', contact, 'companies', one));
      if (company) await call(() => associations.createDefault('contacts', contact, 'companies', company));
    }
    link = await saveLink({ ...link, written, companies: company ? [company] : [] });
  }
}
