import assert from 'node:assert/strict';
import type { TwentyEvent } from '@twenty-webhooks/core';
import { bodyCanary, freshEvent, suiteSecret } from '../suite-events.ts';
import { assertEqual } from '../waiting.ts';
import type { InboxCaseDefinition } from './inbox-case.ts';
import { toText } from './opened-inbox.ts';

/** What is kept of a delivery. */
export const contentCases: readonly InboxCaseDefinition[] = [
  {
    name: 'the stored bytes are the received bytes, whatever JSON they are',
    needs: ['inspection'],
    async run({ open, becomesEqual }) {
      const opened = await open();
      for (const text of oddBodies()) {
        const { id, event } = await opened.accept(text);
        // A digest of the bytes.
        await becomesEqual(() => opened.runs.at(-1)?.id, id, 'the id of the event');
        const run = opened.runs.at(-1);
        assert.deepEqual(run?.event.raw, event.raw);
        const kept = await opened.inspection.get(String(run?.key));
        assert.ok(
          kept !== undefined && Buffer.from(kept.body).equals(Buffer.from(text)),
          `other bytes than ${text.slice(0, 100)}`,
        );
      }
    },
  },
  {
    name: 'an event is the same in every attempt',
    async run({ open, eventually }) {
      const fails = (_event: unknown, { attempt }: { readonly attempt: number }): void => {
        if (attempt === 1) throw new Error('not yet');
      };
      const opened = await open({ on: { '*': fails } });
      for (const text of oddBodies()) {
        const { id, event } = await opened.accept(text);
        await eventually('its end', () => opened.ended.some((one) => one.event.id === id));
        const runs = opened.runs.filter((run) => run.id === id);
        assert.equal(runs.length, 2, text);
        for (const run of runs)
          assertEqual(JSON.parse(JSON.stringify(run.event)), JSON.parse(JSON.stringify(event)), 'the event');
      }
    },
  },
  {
    name: 'a handler that changes its event changes it for nobody else',
    async run({ open, eventually }) {
      const changes = (event: TwentyEvent, { attempt }: { readonly attempt: number }): void => {
        if (event.kind === 'record') Object.assign(event.data.attributes ?? {}, { jobTitle: 'changed' });
        if (attempt === 1) throw new Error('not yet');
      };
      const titles: unknown[] = [];
      const reads = ({ raw }: TwentyEvent): unknown =>
        titles.push((raw as { readonly record: { readonly jobTitle: unknown } }).record.jobTitle);
      const watches = (event: TwentyEvent, context: { readonly attempt: number }): void => {
        reads(event);
        changes(event, context);
      };
      const opened = await open({ on: { '*': watches, '*.*': watches } });
      await opened.accept();
      await eventually('the end of both jobs', () => opened.ended.length === 2);
      assertEqual(titles, Array(4).fill(bodyCanary), 'what handlers saw');
    },
  },
  {
    name: 'a body of 5 MiB is kept whole',
    async run({ open, becomesEqual }) {
      const opened = await open();
      const text = JSON.stringify(freshEvent('note.created', { text: '€'.repeat(1_700_000) }));
      const body = text + ' '.repeat(5 * 1024 * 1024 - Buffer.byteLength(text));
      // A busy machine may need longer for it than a receiver waits: then it is sent again, as after any other 503.
      let outcome = await opened.deliver(body);
      for (let again = 0; again < 10 && outcome.status === 'failed'; again++) outcome = await opened.deliver(body);
      assert.ok(outcome.status === 'accepted' || outcome.status === 'duplicate', toText(outcome));
      const { id = '', event } = outcome;
      await becomesEqual(() => opened.runs.map((run) => run.id), [id]);
      assert.ok(JSON.stringify(opened.runs[0]?.event) === JSON.stringify(event), 'another event than was received');
    },
  },
  {
    name: 'the facts of the delivery are the same in every attempt, for every scheme and secret',
    async run({ open, becomesEqual }) {
      const fails = (_event: unknown, { attempt }: { readonly attempt: number }): void => {
        if (attempt < 3) throw new Error('not yet');
      };
      const opened = await open({ on: { '*': fails }, secret: ['the new one', suiteSecret] });
      const deliveries = [
        await opened.accept(freshEvent(), { timestamp: Date.now() - 1_234 }),
        await opened.accept(freshEvent(), { secret: 'the new one' }),
        await opened.accept(freshEvent(), { format: 'envelope' }),
      ];
      assert.deepEqual(
        deliveries.map(({ delivery }) => [delivery.scheme, delivery.secretIndex]),
        [
          ['timestamped', 1],
          ['timestamped', 0],
          ['plain', 1],
        ],
      );
      await becomesEqual(() => opened.ended.length, 3);
      for (const { id, delivery } of deliveries) {
        const runs = opened.runs.filter((run) => run.id === id);
        assertEqual(
          runs.map((run) => run.delivery),
          [delivery, delivery, delivery],
          'deliveries of the runs',
        );
      }
    },
  },
  {
    name: 'the facts of the delivery are the same after a restart',
    needs: ['sharing'],
    async run({ open, becomesEqual }) {
      const before = await open({ work: false });
      const { delivery } = await before.accept();
      await before.close(0);
      const after = await open();
      await becomesEqual(() => after.runs.map((run) => run.delivery), [delivery], 'deliveries of the runs');
    },
  },
  {
    name: 'the time window is judged at receipt: a delivery of last year still runs',
    async run({ open, becomesEqual }) {
      const thenMs = Date.now() - 365 * 24 * 60 * 60 * 1_000;
      const before = await open({ work: false, now: () => thenMs });
      const { delivery } = await before.accept(freshEvent(), { timestamp: thenMs - 10_000 });
      assert.equal(delivery.receivedAtMs, thenMs);
      const after = await open({ inbox: before.inbox });
      await becomesEqual(() => after.runs.map((run) => run.delivery), [delivery], 'deliveries of the runs');
      await becomesEqual(() => after.ended.map(({ result }) => result), ['done']);
    },
  },
  {
    name: 'the inspection shows the facts and the headers of a delivery, and no signature',
    needs: ['inspection'],
    async run({ open, eventually }) {
      const opened = await open();
      const { delivery } = await opened.accept();
      await eventually('its end', () => opened.ended.length === 1);
      const kept = await opened.inspection.get(String(opened.ended[0]?.key));
      assert.deepEqual(kept?.delivery, delivery);
      assertEqual(kept?.headers, { 'content-type': 'application/json' }, 'headers');
      const shown = JSON.stringify({ ...kept, body: undefined });
      for (const secret of [suiteSecret, ...opened.signatures]) assert.ok(!shown.includes(secret), shown);
    },
  },
];

/** Bodies that a parser and a serialiser would change; all of the server's format. */
function oddBodies(): readonly string[] {
  const bodyWith = (attribute: string): string =>
    JSON.stringify(freshEvent()).replace(`"${bodyCanary}"`, () => attribute);
  return [
    JSON.stringify(freshEvent(), null, 2),
    `\n\t ${JSON.stringify(freshEvent())} \r\n`,
    bodyWith('1.0'),
    bodyWith('12345678901234567890'),
    bodyWith('1e3'),
    bodyWith('-0'),
    bodyWith('"\\u00e9\\/\\u2028"'),
    bodyWith('"Zoë 🚀 “ключ” 键 \u2028\u0000"').replace('\u0000', '\\u0000'),
    bodyWith('"\\ud800"'),
    bodyWith('{"__proto__":{"a":1},"a":1,"a":2}'),
    bodyWith(`"'); DROP TABLE job; --"`),
  ];
}
