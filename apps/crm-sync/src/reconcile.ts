import { findLinks, getLink, type Link, saveLink } from '../lib/links.ts';
import { read, stopping, TwentyError } from '../lib/twenty.ts';
import { objects, type TwentyRecord } from './mapping.ts';
import { deliver } from './receiver.ts';

export const status = { passes: 0, running: false, delivered: 0, lastError: '', finishedAt: '' };

/** Find what was never delivered: read Twenty, have what differs delivered. `force`: even if much is gone. */
export async function reconcile(force = false): Promise<void> {
  Object.assign(status, { running: true, delivered: 0, lastError: '' });
  try {
    // All is read before anything is delivered. Companies first: people need them.
    for (const repair of [await look('company', force), await look('person', force)]) await repair();
  } catch (error) {
    status.lastError = error instanceof TwentyError ? error.message : 'See the log'; // Anybody may see the status.
    if (!stopping.signal.aborted) console.error('Reconcile, to go on in the next pass:', error);
  }
  Object.assign(status, { running: false, passes: status.passes + 1, finishedAt: new Date().toISOString() });
}

/** Read what there is to know of these records. Resolves with what repairs them. */
async function look(object: 'company' | 'person', force: boolean): Promise<() => Promise<void>> {
  const { plural } = objects[object];
  const last = await getLink('last seen', object);
  const found = new Map<string, TwentyRecord>();
  // A minute more, for what was being written then. A filter that names `deletedAt` finds soft-deleted ones as well.
  const since = new Date(Date.parse(last.version ?? '1970-01-02') - 60_000).toISOString();
  await read(plural, `or(updatedAt[gte]:"${since}",deletedAt[gte]:"${since}")`, found);
  const version = [...found.values()].at(-1)?.updatedAt ?? last.version;
  const links = new Map((await findLinks({ object })).map((link) => [link.id, link]));
  // Also those of which there should be a counterpart, but a job died that was to make it.
  const live = [...links.values()].flatMap(({ id, hubspotId, wanted }) => (hubspotId || wanted ? [id] : []));
  const others = live.filter((id) => !found.has(id));
  for (let at = 0; at < others.length; at += 60)
    await read(plural, `id[in]:[${others.slice(at, at + 60)}],or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)`, found);
  const gone = others.filter((id) => !found.has(id)).length;
  if (gone > Math.max(10, live.length / 10) && !force)
    throw new TwentyError(`Twenty hides ${gone} of ${live.length} ${plural}: check the key, or POST /reconcile?force`);
  const known = [...links.values()].find(({ workspaceId }) => workspaceId);
  return async () => {
    for (const id of new Set([...found.keys(), ...others])) {
      stopping.signal.throwIfAborted();
      const [record, link] = [found.get(id), links.get(id)];
      const action = missing(object, record, link);
      // What is nowhere is deleted as of its last change, so that it can come back: the key may see less for a while.
      const { version: updatedAt = '' } = link ?? {};
      if (action) await deliver(`${object}.${action}`, record ?? { id, updatedAt }, known?.workspaceId);
      status.delivered += action ? 1 : 0;
    }
    await saveLink({ ...last, version });
  };
}

/** What was not delivered, if anything. By content, since two changes may have one `updatedAt`. */
function missing(object: 'company' | 'person', record?: TwentyRecord, link?: Link): string | undefined {
  if (!record || record.deletedAt != null) return !link || link.hubspotId || link.wanted ? 'deleted' : undefined;
  if (!link?.hubspotId) return 'restored';
  const wanted = Object.entries(objects[object].toProperties(record));
  const isSame = !link.unfinished && wanted.every(([name, value]) => link.written[name] === value);
  return isSame && (record.companyId ?? '') === (link.companyId ?? '') ? undefined : 'updated';
}
