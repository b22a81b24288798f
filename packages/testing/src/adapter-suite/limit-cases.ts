import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshEvent } from '../suite-events.ts';
import { becomes, within } from '../waiting.ts';
import type { CaseDefinition } from './case.ts';
import { encodeChunk, encodeHead } from './connection.ts';
import { signedRequest } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';

const framings = ['content-length', 'chunked'] as const;
const maxBodyBytes = 3_000;
/** Less than Node keeps a connection on which nothing happens: then it would be closed for another reason. */
const keptMs = 4_500;

/** An event of exactly so many bytes. */
function eventOf(bytes: number): string {
  const event = freshEvent();
  const missing = bytes - Buffer.byteLength(JSON.stringify({ ...event, padding: '' }));
  return JSON.stringify({ ...event, padding: 'x'.repeat(missing) });
}

/** Size and time. */
export const limitCases: readonly CaseDefinition[] = [
  ...framings.flatMap((framing): CaseDefinition[] => [
    {
      name: `a body exactly at the limit passes (${framing})`,
      async run(start) {
        const adapter = await start({ maxBodyBytes });
        const reply = await adapter.send({ ...signedRequest(eventOf(maxBodyBytes)), framing });
        assertAnswer(reply, 200, { status: 'handled', id: adapter.handled[0]?.id });
      },
    },
    {
      name: `a body one byte over the limit is refused: 413 (${framing})`,
      async run(start) {
        const adapter = await start({ maxBodyBytes });
        const reply = await adapter.send({ ...signedRequest(eventOf(maxBodyBytes + 1)), framing });
        assertError(reply, 413, 'BODY_TOO_LARGE');
        assert.equal(adapter.handled.length, 0, 'the handler ran');
        assertAnswer(await adapter.deliver(), 200, { status: 'handled', id: adapter.handled[0]?.id });
      },
    },
  ]),
  {
    name: 'after 413 the connection is closed, whether the sender stops or goes on',
    unless: 'closing',
    async run(start) {
      const adapter = await start({ maxBodyBytes });
      const [stopping, goingOn] = [await adapter.connect(), await adapter.connect()];
      await stopping.write(encodeHead(adapter.url, { headers: [['content-length', '1000000']] }));
      await stopping.write('{');
      await goingOn.write(encodeHead(adapter.url, { headers: [['transfer-encoding', 'chunked']] }));
      const flood = setInterval(() => void goingOn.write(encodeChunk(Buffer.alloc(2_000))), 20);
      try {
        for (const connection of [stopping, goingOn]) assertError(await connection.readReply(), 413, 'BODY_TOO_LARGE');
        await within(keptMs, 'closing the connections', Promise.all([stopping.closed, goingOn.closed]));
      } finally {
        clearInterval(flood);
      }
    },
  },
  {
    name: 'a body that trickles is refused when the time is up: 408',
    async run(start) {
      const bodyTimeoutMs = 150;
      const adapter = await start({ bodyTimeoutMs });
      const tookMs: number[] = [];
      // The fastest of some: machines stall.
      while (tookMs.length < 3 && tookMs.every((ms) => ms >= bodyTimeoutMs + 1_000)) {
        const connection = await adapter.connect();
        const startedAtMs = performance.now();
        await connection.write(encodeHead(adapter.url, { headers: [['content-length', '1000']] }));
        const trickle = setInterval(() => void connection.write('{'), 20);
        try {
          assertError(await connection.readReply(), 408, 'BODY_TIMEOUT');
        } finally {
          clearInterval(trickle);
        }
        tookMs.push(performance.now() - startedAtMs);
      }
      const fastestMs = Math.min(...tookMs);
      assert.ok(
        fastestMs > bodyTimeoutMs - 20 && fastestMs < bodyTimeoutMs + 1_000,
        `408 after ${tookMs.map(Math.round)} ms`,
      );
    },
  },
  {
    name: 'after 408 the connection is closed',
    unless: 'closing',
    async run(start) {
      const adapter = await start({ bodyTimeoutMs: 50 });
      const connection = await adapter.connect();
      await connection.write(encodeHead(adapter.url, { headers: [['transfer-encoding', 'chunked']] }));
      await connection.write(encodeChunk(Buffer.from('{')));
      assertError(await connection.readReply(), 408, 'BODY_TIMEOUT');
      await within(keptMs, 'closing the connection', connection.closed);
    },
  },
  {
    name: 'a sender that hangs up in the middle of a body leaves nothing behind',
    async run(start) {
      const adapter = await start();
      const { headers, body } = signedRequest();
      const framed = [
        encodeHead(adapter.url, { headers: [...headers, ['content-length', String(body.length)]] }),
        encodeHead(adapter.url, { headers: [...headers, ['transfer-encoding', 'chunked']] }),
      ];
      for (const head of framed) {
        const connection = await adapter.connect();
        await connection.write(head);
        await connection.write(head === framed[0] ? body.subarray(0, 500) : encodeChunk(body.subarray(0, 500)));
        await sleep(30);
        connection.destroy();
      }
      // Some frameworks never call an adapter for such a request; if it is called, this is what it says.
      await becomes(() => adapter.observations.length === framed.length, 200);
      for (const outcome of adapter.observations) {
        assert.deepEqual(['rejected', 'BODY_INCOMPLETE'], [outcome.status, 'code' in outcome && outcome.code]);
      }
      assert.equal(adapter.handled.length, 0, 'the handler ran');
      assertAnswer(await adapter.deliver(), 200, { status: 'handled', id: adapter.handled[0]?.id });
    },
  },
];
