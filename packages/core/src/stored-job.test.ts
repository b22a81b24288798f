import { describe, expect, it } from 'vitest';
import type { InboxEntry } from './inbox.ts';
import { bodyOf, deliveryOf, entryEventOf, isStoredJobFacts, toJobInfo, toStoredJobs } from './stored-job.ts';

const delivery = { receivedAtMs: 5, scheme: 'plain', secretIndex: 1, signedAtMs: undefined, nonce: undefined } as const;
const record = { object: 'person', id: 'r\0\ud800', changedAtMs: 7 };

const entryOf = (body: Uint8Array, about: InboxEntry['event']['record'] = record): InboxEntry => ({
  body,
  delivery,
  headers: { 'user-agent': 'axios' },
  event: { id: 'evt_1', name: 'person.created', workspaceId: 'w', record: about },
  parsed: {} as InboxEntry['parsed'],
  jobs: [
    { key: 'k1', handler: 'one' },
    { key: 'k2', handler: 'two' },
  ],
});

/** What comes back of a queue. */
const stored = (entry: InboxEntry) =>
  JSON.parse(JSON.stringify(toStoredJobs(entry))) as ReturnType<typeof toStoredJobs>;

describe('a stored job', () => {
  it('gives back the bytes, whatever UTF-8 they are', () => {
    const bytes = new TextEncoder().encode('\uFEFF {"name":"Zoë 🙂 \\u0000 \\ud800"}\r\n');
    for (const job of stored(entryOf(bytes))) expect(bodyOf(job)).toEqual(bytes);
  });

  it('refuses bytes that it could not give back', () => {
    expect(() => toStoredJobs(entryOf(Uint8Array.of(0xff, 0x41)))).toThrow(TypeError);
  });

  it('gives back the delivery, with all its keys', () => {
    const [job] = stored(entryOf(new Uint8Array()));
    expect(job && deliveryOf(job)).toStrictEqual(delivery);
  });

  it('is one for each handler, and knows its event', () => {
    const entry = entryOf(new Uint8Array());
    const jobs = stored(entry);
    expect(jobs.map(({ key, handler }) => [key, handler])).toEqual([
      ['k1', 'one'],
      ['k2', 'two'],
    ]);
    for (const job of jobs) expect(entryEventOf(job)).toStrictEqual(entry.event);
  });

  it('of an event without a record has none', () => {
    const entry = entryOf(new Uint8Array());
    const { event } = entry;
    const [job] = stored({ ...entry, event: { ...event, record: undefined } });
    expect(job && entryEventOf(job).record).toBeUndefined();
    expect(job && toJobInfo(job, { state: 'waiting', attempt: 0, storedAtMs: 1 })).toMatchObject({
      key: 'k1',
      event: 'person.created',
      object: undefined,
      recordId: undefined,
      state: 'waiting',
    });
  });
});

describe('data of a queue', () => {
  const [job] = stored(entryOf(new Uint8Array()));

  it('is a job if an inbox wrote it', () => {
    expect(isStoredJobFacts(job)).toBe(true);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    { ...job, key: 5 },
    { ...job, handler: undefined },
    { ...job, delivery: null },
  ])('is none if it is %o', (data) => {
    expect(isStoredJobFacts(data)).toBe(false);
  });
});
