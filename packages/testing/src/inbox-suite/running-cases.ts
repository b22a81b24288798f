import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { NonRetryableError, RetryAfterError } from '@twenty-webhooks/core';
import { freshEvent, handlerCanary } from '../suite-events.ts';
import { assertEqual, createGate } from '../waiting.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';
import type { OpenedInbox } from './opened-inbox.ts';

/** How jobs are run, and how often. */
export const runningCases: readonly InboxCaseDefinition[] = [
  {
    name: 'a handler that fails is run again with a growing attempt and one idempotencyKey, until it returns',
    async run({ open, becomesEqual }) {
      const fails = (_event: unknown, { attempt }: { readonly attempt: number }): void => {
        if (attempt < 4) throw new Error('not yet');
      };
      const opened = await open({ on: { '*': fails }, retry: { attempts: 9, minDelayMs: 5, maxDelayMs: 5 } });
      const { id } = await opened.accept();
      await becomesEqual(() => ends(opened), ['done 4']);
      await sleep(100);
      assert.deepEqual(
        opened.runs.map(({ attempt }) => attempt),
        [1, 2, 3, 4],
      );
      assert.deepEqual([...new Set(opened.runs.map((run) => run.key))], [opened.ended[0]?.key]);
      assert.deepEqual([...new Set(opened.runs.map((run) => run.id))], [id]);
    },
  },
  {
    name: 'the time between two attempts grows, and is at least half of what is asked for',
    async run({ open, becomesEqual }) {
      const on = { '*': async () => Promise.reject(new Error('no')) };
      const opened = await open({ on, retry: { attempts: 3, minDelayMs: 200, maxDelayMs: 1_000 } });
      await opened.accept();
      await becomesEqual(() => ends(opened), ['dead 3']);
      const [first = 0, second = 0] = gapsMs(opened);
      assert.ok(first >= 99 && second >= 199, `${first} and ${second} ms between attempts`);
    },
  },
  {
    name: 'a job whose attempts are used up is dead, and is not run again',
    async run({ open, becomesEqual }) {
      const on = { '*': async () => Promise.reject(new Error(handlerCanary)) };
      const opened = await open({ on, retry: { attempts: 3, minDelayMs: 5, maxDelayMs: 5 } });
      await opened.accept();
      await becomesEqual(() => ends(opened), ['dead 3']);
      await sleep(200);
      assertEqual(ends(opened), ['dead 3'], 'ends');
      assertEqual(opened.runs.length, 3, 'runs');
      assert.equal(String(opened.ended[0]?.cause), `Error: ${handlerCanary}`);
    },
  },
  {
    name: 'a job that throws NonRetryableError is dead at once',
    async run({ open, becomesEqual }) {
      const hopeless = (): never => {
        throw new NonRetryableError('never');
      };
      const opened = await open({ on: { '*': hopeless } });
      await opened.accept();
      await becomesEqual(() => ends(opened), ['dead 1']);
      await sleep(100);
      assertEqual(ends(opened), ['dead 1'], 'ends');
      assert.equal(opened.runs.length, 1);
    },
  },
  {
    name: 'RetryAfterError sets the time of the next attempt, longer or shorter than it would be',
    async run({ open, becomesEqual }) {
      const delaysMs = [400, 0];
      const waits = async (_event: unknown, { attempt }: { readonly attempt: number }): Promise<void> => {
        const delayMs = delaysMs[attempt - 1];
        if (delayMs !== undefined) throw new RetryAfterError(delayMs);
      };
      // Without the error the second attempt would come too early, or the third too late.
      const opened = await open({ on: { '*': waits }, retry: { attempts: 3, minDelayMs: 100, maxDelayMs: 60_000 } });
      await opened.accept();
      await becomesEqual(() => ends(opened), ['done 3']);
      const [first = 0, second = 0] = gapsMs(opened);
      assert.ok(first >= 399 && first < 3_000, `${first} ms instead of 400`);
      assert.ok(second < 3_000, `${second} ms instead of 0`);
    },
  },
  {
    name: 'whatever a handler throws, it is a failed run, and the inbox tells what it was',
    needs: ['inspection'],
    async run({ open, becomesEqual }) {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const things: readonly (readonly [thrown: unknown, message: RegExp])[] = [
        [undefined, /^undefined$/],
        [null, /^null$/],
        ['a text', /^a text$/],
        [42n, /^42$/],
        [Symbol('a symbol'), /^Symbol\(a symbol\)$/],
        [{ code: 7 }, /7/],
        [Object.create(null), /./],
        [circular, /./],
        [new Error('x'.repeat(100_000)), /^x{1000}/],
      ];
      let index = 0;
      const throws = (): never => {
        throw things[index]?.[0];
      };
      const opened = await open({ on: { '*': throws }, retry: { attempts: 2, minDelayMs: 5, maxDelayMs: 5 } });
      for (; index < things.length; index++) {
        await opened.accept();
        await becomesEqual(() => ends(opened)[index], 'dead 2', `thing ${index}`);
        const key = String(opened.ended[index]?.key);
        await becomesEqual(async () => (await opened.inspection.get(key))?.state, 'dead');
        const message = (await opened.inspection.get(key))?.lastError?.message ?? '';
        assert.match(message, things[index]?.[1] ?? /^$/);
        assert.ok(message.length < 20_000, 'a long message is kept as a whole');
      }
    },
  },
  {
    name: 'a handler that never returns holds up nobody else',
    async run({ open, eventually, becomesEqual }) {
      const on = { 'company.created': () => new Promise(() => {}), 'person.created': () => {} };
      const opened = await open({ concurrency: 2, on });
      await opened.accept(companyCreated());
      await eventually('its run', () => opened.runs.length === 1);
      await Promise.all(Array.from({ length: 10 }, () => opened.accept()));
      await becomesEqual(() => ends(opened).length, 10);
      const startedMs = performance.now();
      await opened.close(200);
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs < 3_000, `close took ${tookMs} ms instead of 200`);
      assert.equal(opened.runs[0]?.signal.aborted, true);
    },
  },
  {
    name: 'a handler that blocks the event loop for longer than the lease: its job and all others are done',
    async run({ open, leaseMs, eventually }) {
      const gate = createGate();
      const blocks = async (): Promise<void> => {
        await gate.opened;
        const endMs = performance.now() + leaseMs * 1.5;
        while (performance.now() < endMs);
      };
      const opened = await open({ leaseMs, on: { 'company.created': blocks, 'person.created': () => gate.opened } });
      await Promise.all([opened.accept(), opened.accept(companyCreated()), opened.accept()]);
      await opened.accept();
      await eventually('four runs', () => new Set(opened.runs.map(({ key }) => key)).size === 4);
      gate.open();
      // Its own inbox may have taken the job for lost: then it is run again.
      await eventually('four jobs done', () => new Set(opened.ended.map(({ key }) => key)).size === 4, 4 * leaseMs);
      assert.deepEqual([...new Set(opened.ended.map(({ result }) => result))], ['done']);
    },
  },
  {
    name: 'no more handlers run at once than asked for, and all places are used',
    async run({ open, becomesEqual, eventually }) {
      let [running, most] = [0, 0];
      const gate = createGate();
      const holds = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await gate.opened;
        await sleep(5);
        running--;
      };
      const opened = await open({ concurrency: 4, on: { '*': holds } });
      await Promise.all(Array.from({ length: 20 }, () => opened.accept()));
      try {
        await eventually('four runs at once', () => running >= 4);
        await sleep(100);
      } finally {
        gate.open();
      }
      await becomesEqual(() => ends(opened).length, 20);
      assert.equal(most, 4);
    },
  },
  {
    name: 'a job whose handler is gone is dead as HANDLER_MISSING at once, and runs when it is back',
    needs: ['inspection'],
    async run({ open, becomesEqual }) {
      const before = await open({ work: false, on: { 'person.created': () => {}, '*': () => {} } });
      await before.accept();
      const after = await open({ inbox: before.inbox, on: { '*': () => {} } });
      await becomesEqual(() => ends(after).sort(), ['dead 1', 'done 1']);
      await sleep(100);
      assertEqual(ends(after).sort(), ['dead 1', 'done 1'], 'ends');
      const [dead] = await after.inspection.list({ state: 'dead' });
      assert.equal(dead?.lastError?.code, 'HANDLER_MISSING');
      assert.equal(dead?.handler, 'person.created');
      assert.equal(after.runs.length, 1);
      after.on('person.created', () => {});
      assert.equal(await after.inspection.retry(String(dead?.key)), 1);
      await becomesEqual(() => ends(after).sort(), ['dead 1', 'done 1', 'done 1']);
      await becomesEqual(async () => (await after.inspection.get(String(dead?.key)))?.state, 'done');
    },
  },
  {
    name: 'each failed run is a line in the log, a successful one is none',
    async run({ open, becomesEqual }) {
      const fails = (): never => {
        throw new Error(handlerCanary);
      };
      const on = { 'company.created': fails, 'person.created': () => {} };
      const opened = await open({ on, retry: { attempts: 2, minDelayMs: 5, maxDelayMs: 5 } });
      await opened.accept();
      await opened.accept(companyCreated());
      await becomesEqual(() => ends(opened).sort(), ['dead 2', 'done 1']);
      assert.equal(opened.logLines.length, 2, opened.logLines.join('\n'));
      for (const line of opened.logLines) assert.match(line, new RegExp(`company\\.created[^]*${handlerCanary}`));
    },
  },
  {
    name: 'a new job starts within 50 ms of its answer',
    async run({ open, eventually }) {
      const opened = await open();
      const measure = async (): Promise<number[]> => {
        const waitsMs: number[] = [];
        while (waitsMs.length < 15) {
          await sleep(20);
          const { id } = await opened.accept();
          const answeredMs = performance.now();
          await eventually('its run', () => opened.runs.at(-1)?.id === id);
          waitsMs.push(Math.max(0, (opened.runs.at(-1)?.beganMs ?? 0) - answeredMs));
        }
        return waitsMs.sort((one, other) => one - other);
      };
      // The median, and if need be the best of some, since others use the machine, too.
      const isSlow = (waitsMs: readonly number[]): boolean => (waitsMs[7] ?? 0) >= 50;
      let waitsMs = await measure();
      for (let round = 1; round < 4 && isSlow(waitsMs); round++) waitsMs = await measure();
      assert.ok(!isSlow(waitsMs), `until they started: ${waitsMs.map(Math.round)} ms`);
    },
  },
];

const ends = ({ ended }: OpenedInbox): string[] => ended.map(({ result, attempt }) => `${result} ${attempt}`);

const gapsMs = ({ runs }: OpenedInbox): number[] =>
  runs.slice(1).map(({ beganMs }, index) => beganMs - (runs[index]?.endedMs ?? Number.NaN));

const companyCreated = (): object => freshEvent('company.created');
