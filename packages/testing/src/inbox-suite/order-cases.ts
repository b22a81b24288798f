import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { NonRetryableError, RetryAfterError, type TwentyEvent } from '@twenty-webhooks/core';
import { freshEvent } from '../suite-events.ts';
import { assertEqual, createGate } from '../waiting.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';

/** Events of one record. */
export const orderCases: readonly InboxCaseDefinition[] = [
  {
    name: 'jobs of one record for one handler: one after the other, the oldest first',
    needs: ['order'],
    async run({ open, becomesEqual }) {
      const [gate, id] = [createGate(), randomUUID()];
      let running = 0;
      const runsAlone = async (): Promise<void> => {
        assert.equal(++running, 1, 'handlers of one record at once');
        await gate.opened;
        await sleep(5);
        running--;
      };
      const opened = await open({ on: { '*': runsAlone } });
      const accepted: string[] = [];
      for (let index = 0; index < 6; index++) accepted.push((await opened.accept(change(id, index))).id);
      await sleep(50);
      gate.open();
      await becomesEqual(
        () => opened.ended.map(({ result, attempt }) => `${result} ${attempt}`),
        Array(6).fill('done 1'),
      );
      assertEqual(
        opened.runs.map((run) => run.id),
        accepted,
        'order of the runs',
      );
    },
  },
  {
    name: 'jobs of one record for one handler: a backlog is worked off the oldest first',
    needs: ['order'],
    async run({ open, becomesEqual }) {
      const id = randomUUID();
      const opened = await open({ work: false });
      const accepted: string[] = [];
      for (let index = 0; index < 6; index++) accepted.push((await opened.accept(change(id, index))).id);
      opened.receiver.start();
      await becomesEqual(() => opened.runs.map((run) => run.id), accepted, 'order of the runs');
    },
  },
  {
    name: 'jobs of one record for one handler: one after the other also if two inboxes run them',
    needs: ['order', 'sharing'],
    async run({ open, becomesEqual }) {
      const id = randomUUID();
      let running = 0;
      const runsAlone = async (): Promise<void> => {
        assert.equal(++running, 1, 'handlers of one record at once');
        await sleep(5);
        running--;
      };
      const both = [await open({ on: { '*': runsAlone } }), await open({ on: { '*': runsAlone } })];
      const accepted: string[] = [];
      for (let index = 0; index < 20; index++) {
        const outcome = await both[index % 2]?.accept(change(id, index));
        accepted.push(outcome?.id ?? '');
      }
      const ended = (): string[] =>
        both.flatMap((one) => one.ended).map(({ result, attempt }) => `${result} ${attempt}`);
      await becomesEqual(ended, Array(20).fill('done 1'));
      const runs = both.flatMap((one) => one.runs).sort((one, other) => one.beganMs - other.beganMs);
      assertEqual(
        runs.map((run) => run.id),
        accepted,
        'order of the runs',
      );
    },
  },
  {
    name: 'a handler that runs holds up neither other records nor other handlers of the record',
    async run({ open, eventually, becomesEqual }) {
      const [gate, held] = [createGate(), randomUUID()];
      const holds = (event: TwentyEvent): unknown => idOf(event) === held && gate.opened;
      const opened = await open({ on: { '*': holds, '*.*': () => {} } });
      await opened.accept(change(held, 1));
      await eventually('its run', () => opened.runs.some(({ handler }) => handler === '*'));
      const other = await opened.accept(change(randomUUID(), 1));
      const same = await opened.accept(change(held, 2));
      const done = (): string[] => opened.ended.map(({ handlerName, event }) => `${handlerName} ${event.id}`);
      await eventually('the other record', () => done().includes(`* ${other.id}`));
      await eventually('the other handler', () => done().includes(`*.* ${same.id}`));
      gate.open();
      await becomesEqual(() => done().length, 6);
    },
  },
  {
    name: 'a retry that waits does not hold up the newer event, and is stale afterwards',
    async run({ open, eventually, becomesEqual }) {
      const id = randomUUID();
      const old = change(id, 1);
      let failures = 1;
      const fails = (): void => {
        if (failures-- > 0) throw new RetryAfterError(500);
      };
      const opened = await open({ on: { '*': fails } });
      const first = await opened.accept(old);
      await eventually('its first run', () => opened.runs[0]?.endedMs !== undefined);
      const second = await opened.accept(change(id, 2));
      await becomesEqual(() => opened.ended.length, 2, 'jobs done');
      assertEqual(
        opened.runs.map((run) => [run.id, run.attempt, run.isStale]),
        [
          [first.id, 1, false],
          [second.id, 1, false],
          [first.id, 2, true],
        ],
        'runs',
      );
    },
  },
  {
    name: 'isStale: a newer updatedAt of this record was handled by this handler; in all other cases false',
    async run({ open, eventually }) {
      const [record, other] = [randomUUID(), randomUUID()];
      const dies = (event: TwentyEvent): void => {
        if (JSON.stringify(event.raw).includes(timeOf(5))) throw new NonRetryableError('no');
      };
      // The second handler has handled nothing of time 5.
      const opened = await open({ concurrency: 1, on: { '*': () => {}, '*.*': dies } });
      const stale: [what: string, event: object, expected: readonly [boolean, boolean]][] = [
        ['the first', change(record, 3), [false, false]],
        ['the newest', change(record, 5), [false, false]],
        ['an older one', change(record, 4), [true, false]],
        ['the oldest', change(record, 1), [true, true]],
        ['of the same time', { ...change(record, 5), eventName: 'person.created' }, [false, false]],
        ['without a time', change(record, undefined), [false, false]],
        ['with a time that is none', change(record, undefined, { updatedAt: 'soon' }), [false, false]],
        ['another record', change(other, 1), [false, false]],
        ['another object with this id', change(record, 1, {}, 'company.updated'), [false, false]],
        ['another workspace', { ...change(record, 1), workspaceId: randomUUID() }, [false, false]],
        ['the newest again', change(record, 6), [false, false]],
        ['what was the newest', { ...change(record, 5), eventName: 'person.restored' }, [true, true]],
      ];
      for (const [what, event, expected] of stale) {
        const { id } = await opened.accept(event);
        await eventually(what, () => opened.ended.filter((one) => one.event.id === id).length === 2);
        const runs = opened.runs.filter((run) => run.id === id);
        const of = (handler: string): unknown => runs.find((run) => run.handler === handler)?.isStale;
        assert.deepEqual([of('*'), of('*.*')], expected, `isStale: ${what}`);
      }
    },
  },
  {
    name: 'isStale remembers across a restart',
    needs: ['sharing'],
    async run({ open, eventually, becomesEqual }) {
      const id = randomUUID();
      const before = await open();
      await before.accept(change(id, 2));
      await eventually('its end', () => before.ended.length === 1);
      await before.close(1_000);
      const after = await open();
      await after.accept(change(id, 1));
      await becomesEqual(() => after.runs.map(({ isStale }) => isStale), [true]);
    },
  },
];

const timeOf = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** An event about a record, which was changed at some minute. */
function change(id: string, minute: number | undefined, more: object = {}, name = 'person.updated'): object {
  return freshEvent(name, { id, updatedAt: minute === undefined ? undefined : timeOf(minute), ...more });
}

const idOf = (event: TwentyEvent): unknown => (event.kind === 'record' ? event.data.id : undefined);
