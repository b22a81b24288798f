import { randomBytes } from 'node:crypto';
import { type InboxEntry, parseEvent } from '@twenty-webhooks/core';
import { makeBodies } from '../bodies.ts';

export const handler = 'person.created';

/** Make what `put` takes: other events of other records, each with one job. */
export function makeEntries(count: number): Promise<InboxEntry[]> {
  return Promise.all(makeBodies('1.4 kB', count).map(makeEntry));
}

async function makeEntry(body: Buffer): Promise<InboxEntry> {
  const parsed = await parseEvent(body);
  if (parsed.kind !== 'record') throw new Error('the body is no event of a record');
  const { id, event: name, workspaceId, data } = parsed;
  const receivedAtMs = Date.now();
  return {
    body,
    delivery: {
      receivedAtMs,
      scheme: 'timestamped',
      secretIndex: 0,
      signedAtMs: receivedAtMs,
      nonce: randomBytes(16).toString('hex'),
    },
    headers: { 'content-type': 'application/json', 'user-agent': 'axios/1.13.2' },
    event: { id, name, workspaceId, record: { object: data.object, id: data.id, changedAtMs: receivedAtMs } },
    parsed,
    jobs: [{ key: randomBytes(32).toString('hex'), handler }],
  };
}
