import assert from 'node:assert/strict';
import { type InboxInspection, type JobCounts, NonRetryableError } from '@twenty-webhooks/core';
import { bodyCanary, freshEvent, handlerCanary } from '../suite-events.ts';
import { assertEqual, createGate } from '../waiting.ts';
import type { InboxBench, InboxCaseDefinition } from './inbox-case.ts';
import { type OpenedInbox, toText } from './opened-inbox.ts';

/** What an inbox shows of its jobs, and what one can do with them. */
export const inspectionCases: readonly InboxCaseDefinition[] = [
  {
    name: 'counts says how many jobs are in each state',
    needs: ['inspection'],
    async run(bench) {
      const { finish, becomesCounts } = await openFull(bench);
      await becomesCounts({ waiting: 1, running: 1, done: 2, dead: 2 });
      finish();
      await becomesCounts({ waiting: 0, running: 0, done: 4, dead: 2 });
    },
  },
  {
    name: 'list gives the newest first, by state, object and handler, without bodies',
    needs: ['inspection'],
    async run(bench) {
      const { opened, keys, becomesCounts } = await openFull(bench);
      const { inspection } = opened;
      const listed = async (filter: Parameters<InboxInspection['list']>[0]): Promise<unknown> =>
        (await inspection.list(filter)).map(({ key }) => keys.indexOf(key));
      await becomesCounts({ waiting: 1, running: 1, done: 2, dead: 2 });
      assert.deepEqual(await listed({}), [5, 4, 3, 2, 1, 0]);
      assert.deepEqual(await listed({ state: 'waiting' }), [5]);
      assert.deepEqual(await listed({ state: 'running' }), [4]);
      assert.deepEqual(await listed({ state: 'done' }), [1, 0]);
      assert.deepEqual(await listed({ state: 'dead' }), [3, 2]);
      assert.deepEqual(await listed({ object: 'company' }), [3, 2]);
      assert.deepEqual(await listed({ handler: 'note.created' }), [5, 4]);
      assert.deepEqual(await listed({ object: 'company', state: 'done' }), []);
      assert.deepEqual(await listed({ handler: 'no such handler' }), []);
      assert.ok(!JSON.stringify(await inspection.list()).includes(bodyCanary), 'a body is in the list');
    },
  },
  {
    name: 'list gives pages: limit, and before with the key of the last job',
    needs: ['inspection'],
    async run(bench) {
      const { opened, keys } = await openFull(bench);
      const pages: string[][] = [];
      for (let before: string | undefined; ; before = pages.at(-1)?.at(-1)) {
        const page = await opened.inspection.list({ limit: 4, before });
        if (page.length === 0) break;
        pages.push(page.map(({ key }) => key));
      }
      const newestFirst = [...keys].reverse();
      assertEqual(pages, [newestFirst.slice(0, 4), newestFirst.slice(4)], 'pages');
    },
  },
  {
    name: 'a job tells what it is, where it stands, and why it failed',
    needs: ['inspection'],
    async run(bench) {
      const sinceMs = Date.now();
      const { opened, keys, becomesCounts } = await openFull(bench);
      const { inspection } = opened;
      await becomesCounts({ waiting: 1, running: 1, done: 2, dead: 2 });
      const [done, , dead, , running, waiting] = await Promise.all(keys.map((key) => inspection.get(key)));
      const event = opened.ended.find(({ key }) => key === done?.key)?.event;
      assert.ok(event?.kind === 'record' && done !== undefined, 'the job that is done');
      const { key, state, handler, event: name, eventId, workspaceId, object, recordId, attempt, lastError } = done;
      assert.deepEqual(
        { key, state, handler, name, eventId, workspaceId, object, recordId, attempt, lastError },
        {
          key: keys[0],
          state: 'done',
          handler: 'person.created',
          name: 'person.created',
          eventId: event.id,
          workspaceId: event.workspaceId,
          object: 'person',
          recordId: event.data.id,
          attempt: 1,
          lastError: undefined,
        },
      );
      assert.deepEqual(
        [dead?.state, dead?.lastError?.code, dead?.lastError?.message],
        ['dead', 'NON_RETRYABLE', handlerCanary],
      );
      assert.deepEqual([running?.state, running?.attempt, running?.finishedAtMs], ['running', 1, undefined]);
      assert.deepEqual([waiting?.state, waiting?.attempt, waiting?.startedAtMs], ['waiting', 0, undefined]);
      const times = [done.storedAtMs, done.startedAtMs, done.finishedAtMs, dead?.finishedAtMs, waiting?.dueAtMs];
      for (const time of times) assert.ok(time !== undefined && time >= sinceMs && time <= Date.now(), `time ${time}`);
      assert.equal(await inspection.get('no such key'), undefined);
    },
  },
  {
    name: 'retry runs a dead job again, with all its attempts, and a waiting one now',
    needs: ['inspection'],
    async run({ open, eventually, becomesEqual }) {
      let isRepaired = false;
      const fails = (): void => {
        if (!isRepaired) throw new Error(handlerCanary);
      };
      const opened = await open({ on: { '*': fails }, retry: { attempts: 2, minDelayMs: 5, maxDelayMs: 5 } });
      await opened.accept();
      await eventually('its death', () => opened.ended.length === 1);
      const key = String(opened.ended[0]?.key);
      assert.equal(await opened.inspection.retry(key), 1);
      await becomesEqual(() => opened.runs.map(({ attempt }) => attempt), [1, 2, 1, 2]);
      await eventually('its second death', () => opened.ended.length === 2);
      isRepaired = true;
      assert.equal(await opened.inspection.retry(key), 1);
      await becomesEqual(() => opened.ended.map(({ result }) => result), ['dead', 'dead', 'done']);
      await becomesEqual(async () => (await opened.inspection.get(key))?.state, 'done');
      assert.equal(await opened.inspection.retry(key), 0, 'a job that is done cannot be retried');
      assert.equal(await opened.inspection.retry('no such key'), 0);
    },
  },
  {
    name: 'retry runs a job that waits for its next attempt now',
    needs: ['inspection'],
    async run({ open, becomesEqual }) {
      const fails = (_event: unknown, { attempt }: { readonly attempt: number }): void => {
        if (attempt === 1) throw new Error('not yet');
      };
      const opened = await open({ on: { '*': fails }, retry: { minDelayMs: 3_600_000 } });
      await opened.accept();
      await becomesEqual(async () => (await opened.inspection.counts()).waiting, 1);
      await becomesEqual(() => opened.runs.length, 1);
      await becomesEqual(async () => (await opened.inspection.list())[0]?.lastError?.message, 'not yet');
      assert.equal(await opened.inspection.retry(String(opened.runs[0]?.key)), 1);
      await becomesEqual(() => opened.ended.map(({ attempt }) => attempt), [2]);
    },
  },
  {
    name: 'retry with a filter runs those that fit again, and no others',
    needs: ['inspection'],
    async run(bench) {
      const { becomesEqual } = bench;
      const { opened, finish, keys, becomesCounts } = await openFull(bench);
      await becomesCounts({ waiting: 1, running: 1, done: 2, dead: 2 });
      assert.equal(await opened.inspection.retry({ object: 'person' }), 0);
      assert.equal(await opened.inspection.retry({ object: 'company', handler: 'note.created' }), 0);
      finish();
      assert.equal(await opened.inspection.retry({ object: 'company', handler: 'company.created' }), 2);
      await becomesEqual(() => opened.runs.filter(({ key }) => key === keys[2] || key === keys[3]).length, 4);
      await becomesCounts({ waiting: 0, running: 0, done: 4, dead: 2 });
    },
  },
  {
    name: 'purge forgets what is finished, but their keys stay known',
    needs: ['inspection'],
    async run(bench) {
      const { opened, keys, events, becomesCounts } = await openFull(bench);
      const { inspection } = opened;
      await becomesCounts({ waiting: 1, running: 1, done: 2, dead: 2 });
      assert.equal(await inspection.purge({ finishedBeforeMs: 1_000 }), 0);
      assert.equal(await inspection.purge(), 2);
      await becomesCounts({ waiting: 1, running: 1, done: 0, dead: 2 });
      assert.equal(await inspection.purge({ state: 'dead', object: 'person' }), 0);
      assert.equal(await inspection.purge({ state: 'dead' }), 2);
      await becomesCounts({ waiting: 1, running: 1, done: 0, dead: 0 });
      assert.deepEqual(
        (await inspection.list()).map(({ key }) => keys.indexOf(key)),
        [5, 4],
      );
      assert.equal(await inspection.get(String(keys[0])), undefined);
      for (const event of events) assertEqual(toText(await opened.deliver(event)), 'duplicate', 'a redelivery');
      assert.equal(await inspection.retry({}), 0);
    },
  },
];

interface FullInbox {
  readonly opened: OpenedInbox;
  /** In the order in which they came: two done, two dead, one that runs, one that waits. */
  readonly events: readonly object[];
  /** Of their jobs. */
  readonly keys: readonly string[];
  /** Let those that run or wait end. */
  finish(): void;
  becomesCounts(expected: JobCounts): Promise<void>;
}

async function openFull({ open, eventually, becomesEqual }: InboxBench): Promise<FullInbox> {
  const gate = createGate();
  const dies = (): never => {
    throw new NonRetryableError(handlerCanary);
  };
  const on = { 'person.created': () => {}, 'company.created': dies, 'note.created': () => gate.opened };
  const opened = await open({ concurrency: 1, on });
  const events: object[] = [];
  const keys: string[] = [];
  for (const object of ['person', 'person', 'company', 'company', 'note']) {
    const event = freshEvent(`${object}.created`);
    events.push(event);
    await opened.accept(event);
    await eventually('its run', () => opened.runs.length === events.length);
    keys.push(String(opened.runs.at(-1)?.key));
  }
  events.push(freshEvent('note.created'));
  await opened.accept(events.at(-1));
  const waiting = (await opened.inspection.list()).find(({ key }) => !keys.includes(key));
  keys.push(String(waiting?.key));
  return {
    opened,
    events,
    keys,
    finish: gate.open,
    becomesCounts: (expected) => becomesEqual(async () => ({ ...(await opened.inspection.counts()) }), { ...expected }),
  };
}
