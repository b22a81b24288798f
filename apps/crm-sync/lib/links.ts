import type { Properties, TwentyRecord } from '../src/mapping.ts';
import { query } from './database.ts';

/** A record of Twenty, and what is known of its counterpart in HubSpot. */
export interface Link {
  readonly object: string;
  readonly id: string;
  readonly revision: number; // How often it was saved.
  readonly version?: string | undefined; // When the record changed, …
  readonly record?: TwentyRecord | undefined; // … and what it was then; nothing if it was deleted.
  readonly workspaceId?: string;
  readonly hubspotId?: string | undefined;
  readonly written: Properties; // What HubSpot has for certain: nothing while a job runs.
  readonly companies?: readonly string[]; // With which the contact is, or may be, associated in HubSpot.
  readonly waitsFor?: string | undefined; // The person that still has the e-mail address of this one.
}

await query('create table if not exists crm_links (object text, id text, link jsonb, primary key (object, id))');
await query('create index if not exists crm_links_link on crm_links using gin (link jsonb_path_ops)');

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
  const known = JSON.stringify({ revision: old.revision });
  const rows = await query(sql, [link.object, link.id, JSON.stringify(link), known]);
  if (rows.length === 0) throw new Error('Another run has saved this link meanwhile');
  return link;
}
