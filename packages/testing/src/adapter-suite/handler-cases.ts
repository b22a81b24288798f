import assert from 'node:assert/strict';
import { freshEvent, handlerCanary } from '../suite-events.ts';
import { becomes, createGate } from '../waiting.ts';
import type { CaseDefinition } from './case.ts';
import { signedRequest } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';

/** A 200 is said only of what was done. */
export const handlerCases: readonly CaseDefinition[] = [
  {
    name: 'a handler that throws: 500, and its message stays inside',
    async run(start) {
      const adapter = await start({
        on: {
          '*': () => {
            throw new Error(handlerCanary);
          },
        },
      });
      assertError(await adapter.deliver(), 500, 'HANDLER_FAILED');
      assert.match(adapter.logLines.join('\n'), new RegExp(handlerCanary), 'the developer must see what was thrown');
    },
  },
  {
    name: 'a handler that rejects later: 500',
    async run(start) {
      const on = { '*': () => new Promise((_, reject) => setTimeout(reject, 20, new Error(handlerCanary))) };
      const adapter = await start({ on });
      assertError(await adapter.deliver(), 500, 'HANDLER_FAILED');
    },
  },
  {
    name: 'a handler that throws something that is no error: 500',
    async run(start) {
      const adapter = await start({ on: { '*': () => Promise.reject(undefined) } });
      assertError(await adapter.deliver(), 500, 'HANDLER_FAILED');
    },
  },
  {
    name: 'one handler of two fails: 500, and the other has run',
    async run(start) {
      const ran: string[] = [];
      const on = { 'person.created': () => Promise.reject(new Error(handlerCanary)), '*': () => void ran.push('*') };
      const adapter = await start({ on });
      assertError(await adapter.deliver(), 500, 'HANDLER_FAILED');
      assert.deepEqual(ran, ['*']);
    },
  },
  {
    name: 'a handler that does not return: 503 in time, its signal aborted, its claim kept',
    async run(start) {
      const handlerTimeoutMs = 120;
      const gate = createGate();
      let isAborted = false;
      const on = {
        '*': (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
          signal.addEventListener('abort', () => {
            isAborted = true;
          });
          return gate.opened;
        },
      };
      const adapter = await start({ on, handlerTimeoutMs });
      try {
        let event = freshEvent();
        const tookMs: number[] = [];
        // The fastest of some: machines stall.
        while (tookMs.length < 5 && tookMs.every((ms) => ms >= handlerTimeoutMs + 500)) {
          event = freshEvent();
          const startedAtMs = performance.now();
          assertError(await adapter.deliver(event), 503, 'HANDLER_TIMEOUT');
          tookMs.push(performance.now() - startedAtMs);
        }
        assert.ok(Math.min(...tookMs) < handlerTimeoutMs + 500, `the answers took ${tookMs.map(Math.round)} ms`);
        assert.ok(isAborted, 'the signal is not aborted');
        const id = adapter.observations.map((one) => ('event' in one ? one.event?.id : undefined)).at(-1);
        assertAnswer(await adapter.deliver(event), 409, { status: 'busy', id });
        gate.open();
        assert.ok(
          await becomes(() => adapter.observations.some((one) => one.status === 'late' && one.event.id === id), 10_000),
          'no late settlement',
        );
        assertAnswer(await adapter.deliver(event), 200, { status: 'duplicate', id });
      } finally {
        gate.open();
      }
    },
  },
  {
    name: 'an event that no handler matches: 200 ignored',
    async run(start) {
      const adapter = await start({ on: { 'company.created': () => assert.fail('ran') } });
      const reply = await adapter.deliver();
      // Nobody has asked for it: with node:crypto it is not computed, with Web Crypto it always is.
      const [outcome] = adapter.observations;
      const id = outcome?.status === 'ignored' ? outcome.id : undefined;
      assert.match(id ?? 'evt_00000000000000000000000000000000', /^evt_[0-9a-f]{32}$/);
      assertAnswer(reply, 200, { status: 'ignored', ...(id !== undefined && { id }) });
    },
  },
  {
    name: 'a sender that hangs up while the handler runs: the event is handled all the same',
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
      const connection = await adapter.connect();
      await connection.send(signedRequest(event));
      assert.ok(await becomes(() => runs === 1, 10_000), 'the handler did not run');
      connection.destroy();
      gate.open();
      assert.ok(await becomes(() => adapter.observations.length === 1, 10_000), 'no outcome');
      const [outcome] = adapter.observations;
      assert.ok(outcome?.status === 'handled', `${outcome?.status}`);
      assertAnswer(await adapter.deliver(event), 200, { status: 'duplicate', id: outcome.id });
      assert.equal(runs, 1);
    },
  },
];
