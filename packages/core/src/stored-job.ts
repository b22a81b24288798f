import type { Delivery } from './delivery.ts';
import type { EntryEvent, InboxEntry, JobError } from './inbox.ts';
import type { JobInfo, JobState } from './inspection.ts';

/** A job as JSON, for queues that keep JSON. */
export interface StoredJob extends StoredJobFacts {
  /** The bytes that were received, as the UTF-8 text that they are: a text shows in a dashboard. */
  readonly body: string;
}

/** All but the body. Any text in it may hold what the sender put there: NUL, halves of surrogate pairs. */
export interface StoredJobFacts {
  readonly key: string;
  readonly handler: string;
  /** As on the wire: `person.created`. */
  readonly event: string;
  readonly eventId: string;
  readonly workspaceId: string;
  readonly object?: string | undefined;
  readonly recordId?: string | undefined;
  readonly changedAtMs?: number | undefined;
  readonly delivery: Partial<Delivery>;
  readonly headers: Readonly<Record<string, string>>;
}

/** How far a job has come. Times are milliseconds since 1970. */
export interface JobProgress {
  readonly state: JobState;
  readonly attempt: number;
  readonly storedAtMs: number;
  readonly dueAtMs?: number | undefined;
  readonly startedAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
  readonly lastError?: JobError | undefined;
}

/** One for each job of the entry. @throws TypeError if the body is not UTF-8; the body of an event always is. */
export function toStoredJobs({ body, delivery, headers, event, jobs }: InboxEntry): StoredJob[] {
  const { id: eventId, name, workspaceId, record } = event;
  const about = record && { object: record.object, recordId: record.id, changedAtMs: record.changedAtMs };
  const text = decoder.decode(body);
  return jobs.map(({ key, handler }) => ({
    key,
    handler,
    event: name,
    eventId,
    workspaceId,
    ...about,
    delivery,
    headers,
    body: text,
  }));
}

// A byte order mark is a part of the body.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Whether data of a job are what an inbox has put there: anybody can put a job into a queue. */
export function isStoredJobFacts(data: unknown): data is StoredJobFacts {
  const { key, handler, delivery } = Object(data) as Partial<StoredJobFacts>;
  return typeof key === 'string' && typeof handler === 'string' && typeof delivery === 'object' && delivery !== null;
}

/** The bytes that were received. */
export const bodyOf = ({ body }: Pick<StoredJob, 'body'>): Uint8Array => encoder.encode(body);

/** Read the facts of the delivery that a queue kept as JSON. */
export function deliveryOf({ delivery }: Pick<StoredJobFacts, 'delivery'>): Delivery {
  const { receivedAtMs = 0, scheme = 'unsigned', secretIndex, signedAtMs, nonce } = delivery;
  return { receivedAtMs, scheme, secretIndex, signedAtMs, nonce };
}

/** Read what an inbox knows of the event that a queue kept as JSON. */
export function entryEventOf({
  event: name,
  eventId: id,
  workspaceId,
  object,
  recordId,
  changedAtMs,
}: StoredJobFacts): EntryEvent {
  const isAboutRecord = object !== undefined && recordId !== undefined;
  return { id, name, workspaceId, record: isAboutRecord ? { object, id: recordId, changedAtMs } : undefined };
}

/** Put together what an inspection says about a job, of what was stored and of how far it is. */
export function toJobInfo(
  { key, handler, event, eventId, workspaceId, object, recordId }: StoredJobFacts,
  { state, attempt, storedAtMs, dueAtMs, startedAtMs, finishedAtMs, lastError }: JobProgress,
): JobInfo {
  const what = { key, state, handler, event, eventId, workspaceId, object, recordId };
  return { ...what, attempt, storedAtMs, dueAtMs, startedAtMs, finishedAtMs, lastError };
}
