import type { InboxEntry } from '../inbox.ts';
import { parseEvent } from '../parse-event.ts';
import { serverBody, toBytes } from './deliveries.ts';

export const entryBody = toBytes(JSON.stringify(serverBody('person.created')));
const parsed = await parseEvent(entryBody);

/** An entry with one job, of no record. */
export const entryOf = (key: string, changes: Partial<InboxEntry> = {}): InboxEntry => ({
  body: entryBody,
  parsed,
  delivery: { receivedAtMs: 1, scheme: 'plain', secretIndex: 0, signedAtMs: undefined, nonce: undefined },
  headers: {},
  event: { id: key, name: 'person.created', workspaceId: 'w', record: undefined },
  jobs: [{ key, handler: 'h' }],
  ...changes,
});
