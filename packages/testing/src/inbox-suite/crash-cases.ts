import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isWebhookError } from '@twenty-webhooks/core';
import { assertEqual, createGate } from '../waiting.ts';
import type { ForkedReceiver } from './fork-receiver.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';

/** Processes that are killed, and processes that share. */
export const crashCases: readonly InboxCaseDefinition[] = [
  {
    name: 'killed right after an answer: every acknowledged event is handled later',
    needs: ['crash'],
    async run({ open, fork, becomesEqual }) {
      const acknowledged: string[] = [];
      for (const dieAfterAnswers of [1, 3]) {
        const child = fork({ ...slow, deliver: { events: 5, dieAfterAnswers } });
        await child.died;
        assert.equal(idsOf(child, 'accepted').length, dieAfterAnswers, 'answers of the process');
        acknowledged.push(...idsOf(child, 'accepted'));
      }
      const opened = await open();
      await becomesEqual(() => opened.runs.map(({ id }) => id).sort(), acknowledged.sort(), 'events that were handled');
    },
  },
  {
    name: 'killed with many deliveries in flight: every acknowledged event is handled later, by all of its handlers',
    needs: ['crash'],
    async run({ open, fork, becomesEqual }) {
      const handlers = ['*', '*.*', 'person.*'];
      const child = fork({ ...slow, handlers, deliver: { events: 60, eachMs: 5, dieAfterAnswers: 20 } });
      await child.died;
      const acknowledged = idsOf(child, 'accepted');
      assert.equal(acknowledged.length, 20, 'answers of the process');
      const opened = await open({ on: Object.fromEntries(handlers.map((one) => [one, () => {}])) });
      const missing = (): string[] =>
        acknowledged.filter((id) => opened.runs.filter((run) => run.id === id).length < handlers.length);
      await becomesEqual(missing, [], 'events that were not handled', 10_000);
      // Of those without an answer each is there with all of its jobs, or not at all. What is there is run before what comes now.
      const last = await opened.accept();
      const runsOfTheLast = (): number => opened.runs.filter(({ id }) => id === last.id).length;
      await becomesEqual(runsOfTheLast, handlers.length, 'runs of an event that came afterwards', 10_000);
      const half = (): string[] =>
        opened.runs
          .filter(({ id }) => opened.runs.filter((run) => run.id === id).length < handlers.length)
          .map(({ id }) => id);
      await becomesEqual(half, [], 'events of which jobs are missing');
    },
  },
  {
    name: 'killed in a handler: others wait until its lease is over, then run the job, and the crash was an attempt',
    needs: ['crash'],
    async run({ open, fork, leaseMs, becomesEqual }) {
      const child = fork({ concurrency: 1, leaseMs, deliver: { events: 3 }, work: 'hang' });
      await child.until('accepted', 3);
      await child.until('began');
      // Open before, lest the lease be over by the time it is.
      const opened = await open({ leaseMs, work: false });
      await child.kill();
      opened.receiver.start();
      const begun = child.reports.filter(({ what }) => what === 'began');
      // Mostly there is one. A child that got no CPU for longer than its lease has run more: it was killed in the last.
      const began = begun.at(-1);
      const attempts = begun.filter(({ id }) => id === began?.id).length;
      await becomesEqual(() => opened.ended.length, 3, 'jobs done after the crash', 4 * leaseMs);
      const lost = opened.runs.filter(({ id }) => id === began?.id);
      assert.deepEqual(
        lost.map(({ attempt, key }) => ({ attempt, key })),
        [{ attempt: attempts + 1, key: began && 'key' in began ? began.key : '' }],
      );
      assert.equal(opened.runs.at(-1)?.id, began?.id, 'the jobs that nobody held were run first');
    },
  },
  {
    name: 'killed in a handler in the last attempt: the job is dead, and does not kill the next process',
    needs: ['crash'],
    async run({ open, fork, leaseMs, becomesEqual }) {
      const child = fork({
        concurrency: 1,
        leaseMs,
        attempts: 1,
        deliver: { events: 1 },
        work: 'die',
      });
      await child.died;
      assert.deepEqual(
        child.reports.map(({ what }) => what),
        ['accepted', 'began'],
      );
      const opened = await open({ leaseMs, retry: { attempts: 1 } });
      await becomesEqual(() => opened.ended.map(({ result }) => result), ['dead'], undefined, 4 * leaseMs);
      assert.deepEqual(opened.runs, []);
      const { cause } = opened.ended[0] ?? {};
      assert.ok(isWebhookError(cause) && cause.code === 'WORKER_LOST', String(cause));
    },
  },
  {
    name: 'a handler that takes longer than the lease runs once, though another inbox is working',
    needs: ['sharing'],
    async run({ open, leaseMs, eventually }) {
      const on = { '*': () => sleep(leaseMs * 2.5) };
      const both = [await open({ leaseMs, on }), await open({ leaseMs, on })];
      await both[0]?.accept();
      await eventually('its end', () => both.some(({ ended }) => ended.length > 0), 4 * leaseMs);
      await sleep(leaseMs / 2);
      assertEqual(
        both.flatMap(({ runs }) => runs).map(({ attempt, signal }) => [attempt, signal.aborted]),
        [[1, false]],
        'runs',
      );
    },
  },
  {
    name: 'a process that stood still for longer than its lease: another runs its job, its own run is aborted',
    needs: ['crash'],
    async run({ open, fork, leaseMs, eventually, becomesEqual }) {
      const child = fork({ concurrency: 1, leaseMs, deliver: { events: 1 }, work: 'hang' });
      await child.until('began');
      child.signal('SIGSTOP');
      const gate = createGate();
      const opened = await open({ leaseMs, on: { '*': () => gate.opened } });
      await eventually('its run by another', () => opened.runs.length === 1, 4 * leaseMs);
      child.signal('SIGCONT');
      await child.until('aborted');
      assert.deepEqual([opened.ended.length, opened.runs[0]?.signal.aborted], [0, false]);
      gate.open();
      await becomesEqual(() => opened.ended.map(({ result, attempt }) => [result, attempt]), [['done', 2]]);
      await sleep(100);
      assert.deepEqual([idsOf(child, 'began').length, opened.runs.length], [1, 1]);
    },
  },
  {
    name: 'three processes share the work: each job is run once, by one of them',
    needs: ['crash'],
    async run({ open, fork, eventually }) {
      const children = [fork({ ...slow, work: 'return' }), fork({ ...slow, work: 'return' })];
      const opened = await open({ concurrency: 2, on: { '*': () => sleep(5) } });
      const accepted: string[] = [];
      const runs = (): string[] => [
        ...opened.runs.map(({ id }) => id),
        ...children.flatMap((child) => idsOf(child, 'began')),
      ];
      // More come in until each has had some.
      await eventually(
        'a job for each',
        async () => {
          const added = await Promise.all(Array.from({ length: 20 }, () => opened.accept()));
          accepted.push(...added.map(({ id }) => id));
          await eventually('an end of the work', () => runs().length >= accepted.length);
          return opened.runs.length > 0 && children.every((child) => idsOf(child, 'began').length > 0);
        },
        10_000,
      );
      await sleep(100);
      assert.deepEqual(runs().sort(), accepted.sort());
    },
  },
];

/** Of a process whose jobs are not run again by others during a case. */
const slow = { concurrency: 2, leaseMs: 60_000 };

const idsOf = ({ reports }: ForkedReceiver, what: string): string[] =>
  reports.filter((report) => report.what === what).map(({ id }) => id);
