import assert from 'node:assert/strict';
import { freshEvent, handlerCanary } from '../suite-events.ts';
import { becomes, createGate } from '../waiting.ts';
import type { CaseDefinition } from './case.ts';
import { assertAnswer, assertError, statusOf } from './reply.ts';

/** Twenty repeats itself, and it delivers up to twenty at a time. */
export const duplicateCases: readonly CaseDefinition[] = [
  {
    name: 'a duplicate, signed anew with another nonce: 200 duplicate, and the handler runs once',
    async run(start) {
      const adapter = await start();
      const event = freshEvent();
      const first = await adapter.deliver(event);
      assertAnswer(first, 200, { status: 'handled', id: adapter.handled[0]?.id });
      assertAnswer(await adapter.deliver(event), 200, { status: 'duplicate', id: adapter.handled[0]?.id });
      assert.equal(adapter.handled.length, 1);
    },
  },
  {
    name: 'a duplicate with another eventDate: 200 duplicate',
    async run(start) {
      const adapter = await start();
      const event = freshEvent();
      await adapter.deliver(event);
      const reply = await adapter.deliver({ ...event, eventDate: '2031-01-01T00:00:00.000Z' });
      assertAnswer(reply, 200, { status: 'duplicate', id: adapter.handled[0]?.id });
    },
  },
  {
    name: 'a duplicate while the first is being handled: 409 busy, never a 200 that may be a lie',
    async run(start) {
      const gate = createGate();
      const event = freshEvent();
      let runs = 0;
      const on = {
        '*': () => {
          runs++;
          return gate.opened;
        },
      };
      const adapter = await start({ on });
      const first = adapter.deliver(event);
      try {
        assert.ok(await becomes(() => runs === 1, 10_000), 'the handler did not run');
        const second = await adapter.deliver(event);
        assert.deepEqual([second.status, statusOf(second)], [409, 'busy']);
      } finally {
        gate.open();
        await first;
      }
      assert.equal(statusOf(await first), 'handled');
      assert.equal(statusOf(await adapter.deliver(event)), 'duplicate');
      assert.equal(runs, 1);
    },
  },
  {
    name: 'a duplicate after a failure: the handler runs again',
    async run(start) {
      let runs = 0;
      const on = {
        '*': () => {
          runs++;
          if (runs === 1) throw new Error(handlerCanary);
        },
      };
      const adapter = await start({ on });
      const event = freshEvent();
      assertError(await adapter.deliver(event), 500, 'HANDLER_FAILED');
      const second = await adapter.deliver(event);
      assert.deepEqual([second.status, statusOf(second), runs], [200, 'handled', 2]);
    },
  },
  {
    name: '50 events at once: each is handled once',
    async run(start) {
      const adapter = await start();
      const replies = await Promise.all(Array.from({ length: 50 }, () => adapter.deliver()));
      for (const reply of replies) assert.deepEqual([reply.status, statusOf(reply)], [200, 'handled']);
      assert.equal(new Set(adapter.handled.map(({ id }) => id)).size, 50);
      assert.equal(adapter.handled.length, 50);
    },
  },
  {
    name: 'one event 20 times at once: it is handled once',
    async run(start) {
      let runs = 0;
      const on = {
        '*': () => {
          runs++;
          return new Promise((resolve) => setTimeout(resolve, 20));
        },
      };
      const adapter = await start({ on });
      const event = freshEvent();
      const replies = await Promise.all(Array.from({ length: 20 }, () => adapter.deliver(event)));
      const statuses = replies.map(statusOf);
      assert.equal(runs, 1);
      assert.deepEqual(
        [...new Set(statuses)].filter((one) => !['handled', 'busy', 'duplicate'].includes(String(one))),
        [],
      );
      assert.equal(statuses.filter((one) => one === 'handled').length, 1);
    },
  },
];
