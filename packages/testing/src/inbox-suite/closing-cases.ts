import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshEvent } from '../suite-events.ts';
import { assertEqual, createGate } from '../waiting.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';
import { toText } from './opened-inbox.ts';

/** How work begins and ends. */
export const closingCases: readonly InboxCaseDefinition[] = [
  {
    name: 'close lets running handlers finish, and claims nothing new',
    async run({ open, eventually }) {
      const gate = createGate();
      const opened = await open({ concurrency: 1, on: { '*': () => gate.opened } });
      for (let index = 0; index < 3; index++) await opened.accept();
      await eventually('the first run', () => opened.runs.length === 1);
      const closing = opened.close(10_000);
      await sleep(100);
      assert.equal(opened.runs[0]?.signal.aborted, false, 'a run was aborted before graceMs were over');
      gate.open();
      await closing;
      await sleep(100);
      assert.equal(opened.ended.length, 1, 'jobs that were done');
      assert.equal(opened.runs.length, 1, 'runs');
    },
  },
  {
    name: 'what was done at close is not run again, what waited is run by the next inbox',
    needs: ['sharing'],
    async run({ open, eventually, becomesEqual }) {
      const gate = createGate();
      const opened = await open({ concurrency: 1, on: { '*': () => gate.opened } });
      const accepted = [await opened.accept(), await opened.accept(), await opened.accept()];
      await eventually('the first run', () => opened.runs.length === 1);
      const closing = opened.close(10_000);
      await sleep(100);
      gate.open();
      await closing;
      const next = await open();
      await becomesEqual(() => next.ended.length, 2, 'jobs that waited');
      await sleep(100);
      const runs = [...opened.runs, ...next.runs];
      assert.deepEqual(runs.map(({ id }) => id).sort(), accepted.map(({ id }) => id).sort());
      assert.deepEqual(
        runs.map(({ attempt }) => attempt),
        [1, 1, 1],
      );
    },
  },
  {
    name: 'what does not finish in graceMs is aborted, given back at once, and the run does not count',
    needs: ['sharing'],
    async run({ open, eventually, becomesEqual }) {
      const gate = createGate();
      const opened = await open({ on: { '*': () => gate.opened } });
      for (let index = 0; index < 3; index++) await opened.accept();
      await eventually('three runs', () => opened.runs.length === 3);
      const startedMs = performance.now();
      await opened.close(200);
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs > 150 && tookMs < 3_000, `close took ${tookMs} ms instead of 200`);
      assert.ok(
        opened.runs.every(({ signal }) => signal.aborted),
        'signals that did not abort',
      );
      // Long before the lease would be over.
      const next = await open();
      await becomesEqual(() => next.ended.map(({ result }) => result), ['done', 'done', 'done'], 'jobs given back');
      assertEqual(
        next.runs.map(({ attempt }) => attempt),
        [1, 1, 1],
        'attempts',
      );
      // The end of a run that was taken away settles nothing, and is nobody's business.
      gate.open();
      await sleep(50);
      assert.deepEqual([opened.ended.length, opened.logLines], [0, []]);
    },
  },
  {
    name: 'after close a delivery is INBOX_UNAVAILABLE, and a second close is nothing',
    async run({ open }) {
      const opened = await open();
      await opened.accept();
      await opened.close(1_000);
      assert.match(toText(await opened.deliver()), /^failed INBOX_UNAVAILABLE/);
      await opened.close(1_000);
    },
  },
  {
    name: 'a delivery that comes while it closes is stored or refused, never lost',
    needs: ['sharing'],
    async run({ open, becomesEqual }) {
      const opened = await open({ work: false });
      const answers = Array.from({ length: 20 }, () => opened.deliver());
      const closing = opened.close(1_000);
      answers.push(...Array.from({ length: 20 }, () => opened.deliver()));
      await closing;
      const outcomes = await Promise.all(answers);
      const accepted = outcomes.flatMap((one) => (one.status === 'accepted' ? [one.event.id] : []));
      const refused = outcomes.filter((one) => /^failed INBOX_UNAVAILABLE/.test(toText(one)));
      assert.equal(accepted.length + refused.length, 40, outcomes.map(toText).join());
      const next = await open();
      await becomesEqual(() => next.runs.map(({ id }) => id).sort(), accepted.sort(), 'events that were handled');
    },
  },
  {
    name: 'with work: false it only receives, until start()',
    async run({ open, becomesEqual }) {
      const opened = await open({ work: false });
      const event = freshEvent();
      await opened.accept(event);
      await sleep(150);
      assert.equal(opened.runs.length, 0);
      assert.equal(toText(await opened.deliver(event)), 'duplicate');
      opened.receiver.start();
      await becomesEqual(() => opened.ended.map(({ result }) => result), ['done']);
    },
  },
  {
    name: 'one inbox receives, another works: what comes in later is found, too',
    needs: ['sharing'],
    async run({ open, becomesEqual }) {
      const receiving = await open({ work: false });
      const accepted = [await receiving.accept()];
      const working = await open();
      await becomesEqual(() => working.ended.length, 1);
      for (let index = 2; index < 5; index++) {
        accepted.push(await receiving.accept());
        await becomesEqual(() => working.ended.length, index);
      }
      assert.deepEqual(
        working.runs.map(({ id }) => id),
        accepted.map(({ id }) => id),
      );
      assert.equal(receiving.runs.length, 0);
    },
  },
];
