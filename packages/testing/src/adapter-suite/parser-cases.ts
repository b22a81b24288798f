import assert from 'node:assert/strict';
import { bodyCanary, freshEvent } from '../suite-events.ts';
import type { CaseDefinition } from './case.ts';
import { signedRequest } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';
import { assertVerdict, find, hostileVectors, startFor, toRequest } from './vector-cases.ts';

/** What other parsers of the app have done before. */
export const parserCases: readonly CaseDefinition[] = [
  {
    name: 'a JSON parser before it: 500 at once, and the log names the fix',
    variant: 'json-parser-first',
    async run(start) {
      const adapter = await start();
      const tookMs: number[] = [];
      // The fastest: the first may have to load code, and machines stall. Who waits for a body that is gone waits each time.
      while (tookMs.length < 3 || (tookMs.length < 10 && tookMs.every((ms) => ms >= 100 && ms < 1_000))) {
        const startedAtMs = performance.now();
        assertError(await adapter.deliver(), 500, 'BODY_ALREADY_PARSED');
        tookMs.push(performance.now() - startedAtMs);
      }
      assert.ok(Math.min(...tookMs) < 100, `the answers took ${tookMs.map(Math.round)} ms`);
      assert.equal(adapter.handled.length, 0, 'the handler ran');
      assert.deepEqual(adapter.logLines.length, 1, 'one line a minute');
      assert.match(adapter.logLines[0] ?? '', /BODY_ALREADY_PARSED: .*\b(before|above|first)\b/i);
    },
  },
  {
    name: 'a JSON parser before it: a delivery that nobody signed is not believed either',
    variant: 'json-parser-first',
    async run(start) {
      const adapter = await start();
      const reply = await adapter.send({ ...signedRequest(), headers: [['content-type', 'application/json']] });
      assert.ok(reply.status === 500 || reply.status === 401, `status ${reply.status}`);
      assert.equal(adapter.handled.length, 0, 'the handler ran');
    },
  },
  ...(['raw-parser-first', 'raw-body'] as const).flatMap((variant): CaseDefinition[] => [
    {
      name: `${variant}: hostile bytes arrive as they were sent`,
      variant,
      async run(start) {
        const adapter = await startFor(start, find('bytes/multi-byte'));
        for (const vector of hostileVectors) assertVerdict(adapter, vector, await adapter.send(toRequest(vector)));
        assert.equal(adapter.handled.length, hostileVectors.length);
      },
    },
    {
      name: `${variant}: bytes that were not signed are refused`,
      variant,
      async run(start) {
        const adapter = await start();
        const { headers } = signedRequest();
        assertError(await adapter.send({ headers, body: signedRequest().body }), 401, 'SIGNATURE_MISMATCH');
        assert.equal(adapter.handled.length, 0, 'the handler ran');
      },
    },
  ]),
  {
    name: 'verify-only: a genuine event goes on to the app',
    variant: 'verify-only',
    async run(start) {
      const adapter = await start();
      const { headers, body } = signedRequest(freshEvent('opportunity.updated'));
      // Duplicates are the app's business here.
      for (const _ of [1, 2]) {
        const reply = await adapter.send({ headers, body });
        const [outcome] = adapter.observations;
        const id = outcome?.status === 'ignored' ? outcome.event.id : 'not ignored';
        assertAnswer(reply, 200, { event: 'opportunity.updated', id });
      }
    },
  },
  {
    name: 'verify-only: hostile bytes go on to the app with the right id',
    variant: 'verify-only',
    async run(start) {
      const adapter = await startFor(start, find('bytes/multi-byte'));
      for (const vector of hostileVectors) {
        assertAnswer(await adapter.send(toRequest(vector)), 200, { event: vector.event, id: vector.id });
      }
    },
  },
  {
    name: 'verify-only: nothing else goes on to the app',
    variant: 'verify-only',
    async run(start) {
      const adapter = await start();
      const { headers, body } = signedRequest();
      assertError(await adapter.send({ body }), 401, 'SIGNATURE_MISSING');
      assertError(
        await adapter.send({ headers, body: Buffer.from(`{"event":"${bodyCanary}"}`) }),
        401,
        'SIGNATURE_MISMATCH',
      );
      assertError(await adapter.send(signedRequest('{')), 400, 'BODY_NOT_JSON');
    },
  },
];
