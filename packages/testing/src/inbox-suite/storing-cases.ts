import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { NonRetryableError } from '@twenty-webhooks/core';
import { sampleEvent } from '../sample-event.ts';
import { bodyCanary, freshEvent } from '../suite-events.ts';
import { assertEqual, createGate, within } from '../waiting.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';
import { toText } from './opened-inbox.ts';

/** What a 200 promises. */
export const storingCases: readonly InboxCaseDefinition[] = [
  {
    name: 'an answer waits for no handler, and every accepted event is handled',
    async run({ open, becomesEqual }) {
      const gate = createGate();
      const opened = await open({ concurrency: 2, on: { '*': () => gate.opened } });
      const answers = Promise.all(Array.from({ length: 20 }, () => opened.accept()));
      const accepted = await within(10_000, '20 answers while 2 handlers take all the places', answers);
      assert.deepEqual(opened.ended, []);
      gate.open();
      await becomesEqual(() => opened.ended.map(({ event }) => event.id).sort(), accepted.map(({ id }) => id).sort());
      assert.equal(opened.runs.length, 20);
    },
  },
  {
    name: 'of 50 deliveries of one event at once exactly one is accepted, and it is handled once',
    async run({ open, eventually }) {
      const opened = await open();
      const event = freshEvent();
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => opened.deliver(event)));
      assert.deepEqual(outcomes.map(toText).sort(), ['accepted', ...Array.from({ length: 49 }, () => 'duplicate')]);
      await eventually('the end of its job', () => opened.ended.length > 0);
      await sleep(100);
      assert.equal(opened.runs.length, 1);
    },
  },
  {
    name: 'of 50 deliveries of one event at two inboxes exactly one is accepted, and it is handled once',
    needs: ['sharing'],
    async run({ open, eventually }) {
      const both = [await open(), await open()];
      for (let round = 0; round < 3; round++) {
        const event = freshEvent();
        const outcomes = await Promise.all(
          Array.from({ length: 25 }, () => both.map((opened) => opened.deliver(event))).flat(),
        );
        assert.deepEqual(outcomes.map(toText).sort(), ['accepted', ...Array.from({ length: 49 }, () => 'duplicate')]);
      }
      await eventually('the end of 3 jobs', () => both.flatMap(({ ended }) => ended).length === 3);
      await sleep(100);
      assert.equal(both.flatMap(({ runs }) => runs).length, 3);
    },
  },
  {
    name: 'a redelivery is a duplicate, whether its job waits, runs, is done or is dead',
    async run({ open, eventually }) {
      const gate = createGate();
      const dies = (): void => {
        throw new NonRetryableError('no');
      };
      const on = { 'person.created': () => {}, 'company.created': dies, 'note.created': () => gate.opened };
      const opened = await open({ concurrency: 1, on });
      const [done, dead, running, waiting] = ['person', 'company', 'note', 'note'].map((object) =>
        freshEvent(`${object}.created`),
      );
      await opened.accept(done);
      await opened.accept(dead);
      await eventually('the end of two jobs', () => opened.ended.length === 2);
      await opened.accept(running);
      await eventually('the run of the third', () => opened.runs.length === 3);
      await opened.accept(waiting);
      const outcomes = await Promise.all([done, dead, running, waiting].map((event) => opened.deliver(event)));
      assert.deepEqual(outcomes.map(toText), ['duplicate', 'duplicate', 'duplicate', 'duplicate']);
      gate.open();
      await eventually('the end of all', () => opened.ended.length === 4);
      assert.equal(opened.runs.length, 4);
    },
  },
  {
    name: 'a redelivery is a duplicate also after a restart',
    needs: ['sharing'],
    async run({ open, eventually }) {
      const [done, waiting] = [freshEvent(), freshEvent()];
      const first = await open();
      await first.accept(done);
      await eventually('the end of its job', () => first.ended.length === 1);
      await first.close(1_000);
      const receiving = await open({ work: false });
      await receiving.accept(waiting);
      await receiving.close(0);
      const later = await open({ work: false });
      assert.deepEqual((await Promise.all([done, waiting].map((event) => later.deliver(event)))).map(toText), [
        'duplicate',
        'duplicate',
      ]);
    },
  },
  {
    name: 'the same id in two workspaces is two events',
    async run({ open, eventually }) {
      const opened = await open();
      const format = 'envelope';
      const inWorkspace = (workspaceId: string) =>
        sampleEvent('person.created', {
          format,
          overrides: { id: 'the-same', workspaceId, data: { id: 'r', attributes: { jobTitle: bodyCanary } } },
        });
      for (const workspaceId of ['one', 'two']) await opened.accept(inWorkspace(workspaceId), { format });
      assert.equal(toText(await opened.deliver(inWorkspace('one'), { format })), 'duplicate');
      await eventually('the end of both', () => opened.ended.length === 2);
      assert.deepEqual(opened.runs.map(({ event }) => event.workspaceId).sort(), ['one', 'two']);
      assert.equal(new Set(opened.runs.map(({ key }) => key)).size, 2);
    },
  },
  {
    name: 'each handler has a job of its own: only the one that fails is run again',
    async run({ open, eventually }) {
      let failures = 2;
      const fails = async (): Promise<void> => {
        if (failures-- > 0) throw new Error('not yet');
      };
      const opened = await open({ on: { '*': () => {}, '*.*': fails, 'person.*': async () => {} } });
      await opened.accept();
      await eventually('the end of three jobs', () => opened.ended.length >= 3);
      await sleep(100);
      assert.deepEqual(opened.runs.map(({ handler }) => handler).sort(), ['*', '*.*', '*.*', '*.*', 'person.*']);
      assert.equal(new Set(opened.runs.map(({ key }) => key)).size, 3);
    },
  },
  {
    name: 'a handler added later: a redelivery is accepted for it alone, then a duplicate',
    async run({ open, eventually }) {
      const opened = await open();
      const event = freshEvent();
      await opened.accept(event);
      await eventually('the end of its job', () => opened.ended.length === 1);
      opened.on('*.*', () => {});
      await opened.accept(event);
      await eventually('the end of the second job', () => opened.ended.length >= 2);
      assert.equal(toText(await opened.deliver(event)), 'duplicate');
      await sleep(50);
      assertEqual(
        opened.runs.map(({ handler }) => handler),
        ['*', '*.*'],
        'runs',
      );
    },
  },
  {
    name: 'the jobs of an event are there together or not at all, whenever one looks',
    needs: ['inspection'],
    async run({ open }) {
      const handlers = ['*', '*.*', 'person.*', '*.created', 'person.created'];
      const opened = await open({ work: false, on: Object.fromEntries(handlers.map((one) => [one, () => {}])) });
      let isOver = false;
      const end = (): void => {
        isOver = true;
      };
      const putting = Promise.all(Array.from({ length: 20 }, () => opened.accept()));
      // Also if the case has failed before.
      putting.then(end, end);
      for (let isLast = false; !isLast; ) {
        isLast = isOver;
        const counts = new Map<string, number>();
        for (const { eventId } of await opened.inspection.list({ limit: 200 })) {
          counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
        }
        for (const count of counts.values()) assert.equal(count, handlers.length, 'jobs of one event');
        if (isLast) assert.equal(counts.size, 20);
        await nextTurn();
      }
      await putting;
    },
  },
  {
    name: 'while the storage is out: INBOX_UNAVAILABLE in bounded time, nothing stored, and afterwards all goes on',
    needs: ['outage'],
    async run({ open, storage, eventually }) {
      const opened = await open();
      const known = freshEvent();
      await opened.accept(known);
      await eventually('the end of its job', () => opened.ended.length === 1);
      const lost = [freshEvent(), freshEvent(), freshEvent()];
      assert.ok(storage.breakDown !== undefined, 'the storage has no breakDown');
      const repair = await storage.breakDown();
      try {
        const tookMs: number[] = [];
        const inTime = (): number => tookMs.filter((ms) => ms < 4_000).length;
        // Two of three: machines stall. Twenty waits for 5 s.
        while (tookMs.length < 3 && inTime() < 2) {
          const startedMs = performance.now();
          const outcomes = Promise.all([known, ...lost].map((event) => opened.deliver(event)));
          for (const outcome of await within(10_000, 'answers during an outage', outcomes)) {
            assert.match(toText(outcome), /^failed INBOX_UNAVAILABLE/);
          }
          tookMs.push(performance.now() - startedMs);
        }
        assert.ok(inTime() === 2, `the answers took ${tookMs.map(Math.round)} ms`);
      } finally {
        await repair();
      }
      assert.equal(toText(await opened.deliver(known)), 'duplicate');
      for (const event of lost) await opened.accept(event);
      await eventually('the end of all jobs', () => opened.ended.length === 4);
      await sleep(50);
      assert.equal(opened.runs.length, 4);
    },
  },
];
