import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { idempotencyKey } from './idempotency.ts';
import type { Inbox, InboxEntry } from './inbox.ts';
import { memoryInbox } from './memory/memory-inbox.ts';
import type { ReceiverOptions } from './options.ts';
import { toAnswer } from './outcome.ts';
import { createReceiver } from './receiver.ts';
import type { JobWorker } from './run-job.ts';
import {
  createLog,
  delivery,
  envelopeBody,
  metadataBody,
  nowMs,
  secret,
  serverBody,
  toBytes,
  untilTimeIsUp,
} from './testdata/deliveries.ts';

/** An inbox that keeps what it is asked for, and answers as told. */
function createInbox(put: Inbox['put'] = async ({ jobs }) => new Set(jobs.map(({ key }) => key))) {
  const entries: InboxEntry[] = [];
  const workers: JobWorker[] = [];
  const closed: unknown[] = [];
  const inbox: Inbox = {
    put(entry, options) {
      entries.push(entry);
      return put(entry, options);
    },
    work: (worker) => void workers.push(worker),
    close: async (options) => void closed.push(options),
  };
  return { inbox, entries, workers, closed };
}

const receiverOf = (options: Partial<ReceiverOptions>) =>
  createReceiver({ secret, now: () => nowMs, logger: createLog(), ...options } as ReceiverOptions);
const on = { 'person.created': () => {}, '*.*': () => {} };
const body = toBytes(JSON.stringify(serverBody('person.created')));
const genuine = delivery(body);

describe('what is stored', () => {
  test('are the received bytes, the facts of the delivery, and a job for each handler', async () => {
    const { inbox, entries } = createInbox();
    const request = delivery(body, {
      headers: {
        ...genuine.headers,
        'Content-Type': 'application/json; charset=utf-8',
        'user-agent': 'axios/1.7',
        cookie: 'no',
      } as Record<string, string>,
    });
    const outcome = await receiverOf({ inbox, on }).receive(request);
    const id = 'event' in outcome ? outcome.event?.id : undefined;
    expect(outcome).toMatchObject({ status: 'accepted', id });
    expect(toAnswer(outcome)).toMatchObject({ status: 200, body: JSON.stringify({ status: 'accepted', id }) });
    const keyOf = (handler: string) => idempotencyKey('workspace-1', String(id), handler);
    expect(entries).toEqual([
      {
        body,
        delivery: {
          receivedAtMs: nowMs,
          scheme: 'timestamped',
          secretIndex: 0,
          signedAtMs: nowMs,
          nonce: '097c23f4aa10504a418b4b66e7bfe22a',
        },
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'axios/1.7' },
        event: {
          id,
          name: 'person.created',
          workspaceId: 'workspace-1',
          record: { object: 'person', id: 'record-1', changedAtMs: Date.parse('2026-11-23T15:35:03.387Z') },
        },
        parsed: 'event' in outcome ? outcome.event : undefined,
        jobs: [
          { key: await keyOf('person.created'), handler: 'person.created' },
          { key: await keyOf('*.*'), handler: '*.*' },
        ],
      },
    ]);
    expect(JSON.stringify({ ...entries[0], parsed: undefined })).not.toMatch(/signature|cookie/);
  });

  const recordOf = async (what: object) => {
    const { inbox, entries } = createInbox();
    await receiverOf({ inbox, on: { '*': () => {} } }).receive(delivery(what));
    return entries[0]?.event.record;
  };

  test.each([
    ['deleted', serverBody('person.deleted'), Date.parse('2026-11-23T15:35:03.387Z')],
    ['destroyed', serverBody('person.destroyed'), Date.parse('2026-11-23T15:35:03.387Z')],
    ['an envelope', envelopeBody('person.created'), Date.parse('2024-01-01T12:00:00Z')],
    ['no updatedAt', serverBody('person.created', { record: { id: 'record-1' } }), undefined],
    [
      'an updatedAt that is no time',
      serverBody('person.created', { record: { id: 'record-1', updatedAt: 'x' } }),
      undefined,
    ],
    [
      'an updatedAt that is no text',
      serverBody('person.created', { record: { id: 'record-1', updatedAt: 5 } }),
      undefined,
    ],
  ])('is the time of the change: %s', async (_name, what, changedAtMs) => {
    expect(await recordOf(what)).toEqual({ object: 'person', id: 'record-1', changedAtMs });
  });

  test('is no record for metadata and for events of unknown shape', async () => {
    expect(await recordOf(metadataBody('metadata.view.updated'))).toBeUndefined();
    expect(await recordOf({ eventName: 'somethingElse' })).toBeUndefined();
  });

  test('is nothing for an event that nobody handles', async () => {
    const { inbox, entries } = createInbox();
    expect(await receiverOf({ inbox, on: { 'note.created': () => {} } }).receive(genuine)).toMatchObject({
      status: 'ignored',
    });
    expect(entries).toEqual([]);
  });

  test('is also a record that does not fit its schema: it can be retried', async () => {
    const { inbox, entries } = createInbox();
    const validate = (): object => ({ issues: [{ message: 'no' }] });
    const schemas = { person: { '~standard': { version: 1, vendor: 'x', validate } } } as ReceiverOptions['schemas'];
    expect(await receiverOf({ inbox, on, schemas } as never).receive(genuine)).toMatchObject({ status: 'accepted' });
    expect(entries).toHaveLength(1);
  });
});

describe('the answer', () => {
  test('is duplicate only if nothing was new', async () => {
    const one = async ({ jobs }: InboxEntry) => new Set([jobs[1]?.key ?? '']);
    expect(await receiverOf({ inbox: createInbox(one).inbox, on }).receive(genuine)).toMatchObject({
      status: 'accepted',
    });
    const none = async () => new Set<string>();
    expect(await receiverOf({ inbox: createInbox(none).inbox, on }).receive(genuine)).toMatchObject({
      status: 'duplicate',
    });
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
  ])('is INBOX_UNAVAILABLE if it %s', async (_how, put) => {
    const logger = createLog();
    const outcome = await receiverOf({ inbox: createInbox(put).inbox, on, logger }).receive(genuine);
    expect(outcome).toMatchObject({
      status: 'failed',
      code: 'INBOX_UNAVAILABLE',
      cause: { message: 'disk full' },
      event: { event: 'person.created' },
    });
    expect(toAnswer(outcome)).toMatchObject({ status: 503, body: '{"error":"INBOX_UNAVAILABLE"}' });
    expect(logger.errors).toHaveLength(1);
  });

  test('is INBOX_UNAVAILABLE if it says nothing', async () => {
    const timeouts: number[] = [];
    const outcome = await untilTimeIsUp((never) => {
      const { inbox } = createInbox((_entry, { timeoutMs }) => {
        timeouts.push(timeoutMs);
        return never();
      });
      return receiverOf({ inbox, on }).receive(genuine);
    });
    expect(outcome).toMatchObject({ status: 'failed', code: 'INBOX_UNAVAILABLE' });
    expect(timeouts).toEqual([2_000]);
  });
});

describe('work', () => {
  test('begins when the receiver is made, with the handlers it has by then and later', () => {
    const { inbox, workers } = createInbox();
    const first = () => {};
    const receiver = receiverOf({ inbox, on: { 'person.created': first }, retry: { attempts: 2 } });
    const second = () => {};
    receiver.on('note.created', { name: 'notes' }, second);
    expect(workers).toHaveLength(1);
    expect(workers[0]?.handlerOf('person.created')).toBe(first);
    expect(workers[0]?.handlerOf('notes')).toBe(second);
    expect(workers[0]?.handlerOf('note.created')).toBeUndefined();
    expect(workers[0]?.retry.attempts).toBe(2);
  });

  test('waits for start() if that is wanted, and begins once', () => {
    const { inbox, workers } = createInbox();
    const receiver = receiverOf({ inbox, on, work: false });
    expect(workers).toHaveLength(0);
    receiver.start();
    receiver.start();
    expect(workers).toHaveLength(1);
    return receiver.close();
  });

  test('ends with close(), which closes the inbox', async () => {
    const { inbox, closed } = createInbox();
    await receiverOf({ inbox, on }).close({ graceMs: 123 });
    expect(closed).toEqual([{ graceMs: 123 }]);
  });

  test('does not begin after close()', async () => {
    const { inbox, workers } = createInbox();
    const receiver = receiverOf({ inbox, on, work: false });
    await receiver.close();
    receiver.start();
    expect(workers).toHaveLength(0);
  });

  test('one inbox has one receiver', async () => {
    const inbox = memoryInbox();
    const receiver = receiverOf({ inbox, on });
    expect(() => receiverOf({ inbox, on })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    await receiver.close();
  });
});

test.each([
  ['a process that only has an inbox ends', '', 0],
  ['one that was started stays', 'receiver.start();', 'it stays'],
  ['one that was started and closed ends', 'receiver.start(); await receiver.close();', 0],
  ['one that was closed and started ends', 'await receiver.close(); receiver.start();', 0],
])('%s', async (_name, code, end) => {
  const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);
  const script = `import { createReceiver, memoryInbox } from ${index};
    const receiver = createReceiver({ secret: 's', inbox: memoryInbox(), on: {} });
    ${code}
    console.log('made');`;
  const conditions = ['--conditions', '@twenty-webhooks/source', '--input-type=module'];
  const child = spawn(process.execPath, [...conditions, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(([status]) => status);
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  await expect.poll(() => printed).toBe('made\n');
  const stays = sleep(end === 0 ? 10_000 : 1_500, 'it stays', { ref: false });
  expect(await Promise.race([ended, stays])).toBe(end);
});

describe('options', () => {
  const refusal = expect.objectContaining({ code: 'OPTION_INVALID' });

  test.each([{ inbox: {} }, { inbox: 'inbox.sqlite' }, { inbox: memoryInbox }])('%o is no inbox', (options) => {
    expect(() => receiverOf(options as never)).toThrow(refusal);
  });

  test.each([{ work: false }, { retry: { attempts: 2 } }])('%j does nothing without an inbox', (options) => {
    expect(() => receiverOf(options)).toThrow(refusal);
  });

  test.each([{ idempotency: 'off' as const }, { handlerTimeoutMs: 10 }])('%j does nothing with one', (options) => {
    expect(() => receiverOf({ ...options, inbox: createInbox().inbox })).toThrow(refusal);
  });

  test.each([{ work: 'yes' }, { retry: 3 }, { retry: { attempts: -1 } }])('%j is refused', (options) => {
    expect(() => receiverOf({ ...options, inbox: createInbox().inbox } as never)).toThrow(refusal);
  });
});

test('a receiver with an inbox is not for verification only', () => {
  expect(receiverOf({ inbox: createInbox().inbox }).isVerifyOnly).toBe(false);
  expect(receiverOf({}).isVerifyOnly).toBe(true);
});

test('what observe throws at the end of a job changes nothing', async () => {
  const inbox = memoryInbox();
  const logger = createLog();
  const receiver = receiverOf({
    inbox,
    logger,
    on: { 'person.created': () => {} },
    observe: ({ status }) => {
      if (status === 'job') throw new Error('observer');
    },
  });
  await receiver.receive(genuine);
  await expect.poll(() => inbox.inspection.counts()).toMatchObject({ done: 1 });
  expect(logger.errors).toEqual([
    ['[twenty-webhooks] observe failed', expect.objectContaining({ message: 'observer' })],
  ]);
  await receiver.close();
});
