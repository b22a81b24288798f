import type { Properties } from '../src/mapping.ts';
import { query } from './database.ts';

/** A record of Twenty, and what is known of its counterpart in HubSpot. */
export interface Link {
  readonly object: string;
  readonly id: string;
  readonly revision: number; // How often it was saved.
  readonly version?: string | undefined; // When the record changed, …
  readonly wanted?: Properties | undefined; // … and what HubSpot is to have; nothing if it was deleted.
  readonly companyId?: string | null | undefined;
  readonly destroyed?: boolean;
  readonly workspaceId?: string;
  readonly hubspotId?: string | undefined;
  readonly written: Properties; // What HubSpot has for certain: while a job runs, without what it writes.
  readonly unfinished?: boolean | undefined; // A job runs, or ended before it had done everything.
  readonly companies?: readonly string[]; // With which the contact is, or may be, associated in HubSpot.
  readonly waitsFor?: string | undefined; // The person, or the contact, that still has the e-mail address of this one.
}

// Behind a lock, since one of two processes that make a table at once fails.
await query(`do $$ begin perform pg_advisory_xact_lock(7243392);
  create table if not exists crm_links (object text, id text, link jsonb, primary key (object, id));
  create index if not exists crm_links_link on crm_links using gin (link jsonb_path_ops); end $$`);

export async function findLinks(members: object): Promise<readonly Link[]> {
  const rows = await query('select link from crm_links where link @> $1', [JSON.stringify(members)]);
  return (rows as { link: Link }[]).map(({ link }) => link);
}
export async function getLink(object: string, id: string): Promise<Link> {
  return (await findLinks({ object, id }))[0] ?? { object, id, revision: 0, written: {} };
}
/** @throws Error if another run has saved it meanwhile: then the job has to run again */
export async function saveLink(old: Link): Promise<Link> {
  const sql = `insert into crm_links as old values ($1, $2, $3) on conflict (object, id) do update set link = $3
    where old.link @> $4 returning id`;
  const link = { ...old, revision: old.revision + 1 };
  const rows = await query(sql, [link.object, link.id, JSON.stringify(link), { revision: old.revision }]);
  if (rows.length === 0) throw new Error('Another run has saved this link meanwhile');
  return link;
}
