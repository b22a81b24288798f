import { randomUUID } from 'node:crypto';
import { type EntryEvent, type InboxEntry, idempotencyKey } from '@twenty-webhooks/core';

/** An entry as a receiver makes it. */
export async function makeEntry(
  event: Partial<EntryEvent> = {},
  { handlers = ['*'], body = '{}' }: { readonly handlers?: readonly string[]; readonly body?: string } = {},
): Promise<InboxEntry> {
  const whole = { id: randomUUID(), name: 'person.created', workspaceId: 'w', record: undefined, ...event };
  const jobs: { key: string; handler: string }[] = [];
  for (const handler of handlers) jobs.push({ key: await idempotencyKey('w', whole.id, handler), handler });
  return {
    body: new TextEncoder().encode(body),
    delivery: { receivedAtMs: 1, scheme: 'plain', secretIndex: 0, signedAtMs: undefined, nonce: undefined },
    headers: {},
    event: whole,
    parsed: {} as InboxEntry['parsed'],
    jobs,
  };
}
