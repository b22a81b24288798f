import { setTimeout as sleep } from 'node:timers/promises';
import { findLinks, getLink, type Link, saveLink } from '../lib/links.ts';
import { twentyKey, twentyUrl } from './env.ts';
import { objects, type TwentyRecord } from './mapping.ts';
import { deliver } from './receiver.ts';

type Records = Map<string, TwentyRecord>;
export const status = { passes: 0, running: false, delivered: 0, lastError: '', finishedAt: '' };
export const stopping = new AbortController();

/** Find what was never delivered: read Twenty, and have delivered what differs from the links. Companies first: people need them. */
export async function reconcile(): Promise<void> {
  Object.assign(status, { running: true, delivered: 0, lastError: '' });
  const passes = pass('company').then(() => pass('person'));
  await passes.catch((error) => Object.assign(status, { lastError: String(error) }));
  Object.assign(status, { running: false, passes: status.passes + 1, finishedAt: new Date().toISOString() });
  if (status.lastError && !stopping.signal.aborted)
    console.error('Reconcile, to go on in the next pass:', status.lastError);
}

async function pass(object: 'company' | 'person'): Promise<void> {
  const { plural } = objects[object];
  const last = await getLink('last seen', object);
  // A minute more, for what was being written then. A filter that names `deletedAt` finds soft-deleted ones as well.
  const since = new Date(Date.parse(last.version ?? '1970-01-02') - 60_000).toISOString();
  const found = await read(plural, `or(updatedAt[gte]:"${since}",deletedAt[gte]:"${since}")`);
  const version = [...found.values()].at(-1)?.updatedAt ?? last.version;
  const links = new Map((await findLinks({ object })).map((link) => [link.id, link]));
  const others = [...links.values()].flatMap(({ id, hubspotId }) => (hubspotId && !found.has(id) ? [id] : []));
  for (let at = 0; at < others.length; at += 60) {
    await read(plural, `id[in]:[${others.slice(at, at + 60)}],or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)`, found);
  }
  const known = [...links.values()].find(({ workspaceId }) => workspaceId);
  for (const id of new Set([...found.keys(), ...others])) {
    const [record, link] = [found.get(id), links.get(id)];
    const action = missing(object, record, link);
    // What is nowhere is deleted as of its last change, so that it can come back: the key may see less for a while.
    if (action) await deliver(`${object}.${action}`, record ?? link?.record ?? { id }, known?.workspaceId);
    status.delivered += action ? 1 : 0;
  }
  await saveLink({ ...last, version });
}

/** What was not delivered, if anything. By content, since two changes may have one `updatedAt`. */
function missing(object: 'company' | 'person', record?: TwentyRecord, link?: Link): string | undefined {
  if (!record || record.deletedAt != null) return !link || link.hubspotId ? 'deleted' : undefined;
  if (!link?.hubspotId) return 'restored';
  const wanted = Object.entries(objects[object].toProperties(record));
  const isSame = wanted.every(([name, value]) => link.written[name] === value);
  return isSame && (record.companyId ?? '') === (link.record?.companyId ?? '') ? undefined : 'updated';
}

/** Read what fits, the one that changed first first. Twenty's limit of requests per minute makes it wait. */
async function read(plural: string, filter: string, found: Records = new Map()): Promise<Records> {
  const search = new URLSearchParams({ filter, order_by: 'updatedAt[AscNullsFirst]', limit: '60' });
  const headers = { authorization: `Bearer ${twentyKey}` };
  for (;;) {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]);
    const response = await fetch(new URL(`/rest/${plural}?${search}`, twentyUrl), { headers, signal });
    if (response.status === 429) await sleep(5_000, undefined, { signal: stopping.signal });
    else if (!response.ok) throw new Error(`Twenty answered ${response.status} when asked for ${plural}`);
    else {
      const { data, pageInfo } = await response.json();
      for (const record of data[plural]) found.set(record.id, record);
      if (!pageInfo.hasNextPage) return found;
      search.set('starting_after', pageInfo.endCursor);
    }
  }
}
