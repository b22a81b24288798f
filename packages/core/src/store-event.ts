import { within } from './deadline.ts';
import type { Delivery } from './delivery.ts';
import type { RegisteredHandler } from './dispatch.ts';
import type { TwentyEvent } from './events.ts';
import { idempotencyKey } from './idempotency.ts';
import type { EntryEvent, Inbox } from './inbox.ts';
import { reasonOf } from './outcome.ts';
import type { ReceivedRequest } from './receiver.ts';
import { headerOf } from './request-head.ts';

/** Whether anything of the event was new, or why it could not be stored. */
export type Stored =
  | { readonly status: 'accepted' | 'duplicate' }
  | { readonly status: 'failed'; readonly code: 'INBOX_UNAVAILABLE'; readonly reason: string; readonly cause: unknown };

/** Put an event into the inbox, one job per handler. Answers in bounded time, whatever the inbox does. */
export async function storeEvent(
  inbox: Inbox,
  handlers: readonly RegisteredHandler[],
  event: TwentyEvent,
  delivery: Delivery,
  body: Uint8Array,
  { headers }: ReceivedRequest,
): Promise<Stored> {
  try {
    const { workspaceId, id } = event;
    const jobs: { key: string; handler: string }[] = [];
    for (const { name: handler } of handlers) {
      const derived = idempotencyKey(workspaceId, id, handler);
      jobs.push({ key: typeof derived === 'string' ? derived : await derived, handler });
    }
    const entry = { body, delivery, headers: keptHeaders(headers), event: toEntryEvent(event), parsed: event, jobs };
    const stored = await within(putTimeoutMs, inbox.put(entry, { timeoutMs: putTimeoutMs }));
    if (stored === undefined) throw new Error('It did not answer in time');
    return { status: stored.value.size > 0 ? 'accepted' : 'duplicate' };
  } catch (cause) {
    return { status: 'failed', code: 'INBOX_UNAVAILABLE', reason: reasonOf('INBOX_UNAVAILABLE'), cause };
  }
}

/** Twenty hangs up at 5 seconds; who waits for this answer should still get it. */
const putTimeoutMs = 2_000;

function toEntryEvent(event: TwentyEvent): EntryEvent {
  const { id, event: name, workspaceId } = event;
  if (event.kind !== 'record') return { id, name, workspaceId, record: undefined };
  const { object, id: recordId, attributes, previousAttributes } = event.data;
  const { updatedAt } = (attributes ?? previousAttributes ?? {}) as { readonly updatedAt?: unknown };
  const changedAtMs = typeof updatedAt === 'string' ? Date.parse(updatedAt) : Number.NaN;
  const record = { object, id: recordId, changedAtMs: Number.isNaN(changedAtMs) ? undefined : changedAtMs };
  return { id, name, workspaceId, record };
}

function keptHeaders(headers: ReceivedRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['content-type', 'user-agent']) {
    const value = headerOf(headers, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
