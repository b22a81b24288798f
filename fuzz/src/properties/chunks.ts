import assert from 'node:assert/strict';
import { type Receiver, toAnswer } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { joinedHeaders, nowMs, signedRequest } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import type { Property } from '../property.ts';

/** The same bytes as a stream, in any pieces, get from `fetch` the answer that they get in one piece. */
export function chunksProperty(core: Core = realCore): Property {
  let receivers: readonly [whole: Receiver, streaming: Receiver] | undefined;
  return {
    name: 'chunks',
    weight: 8_000,
    maxScriptBytes: 200,
    testCases: 1_000,
    async check(choices) {
      const settings = {
        secret: ['s1'],
        maxBodyBytes: 400,
        on: { '*': () => {} },
        idempotency: 'off',
        logger: silent,
        now: () => nowMs,
      } as const;
      receivers ??= [realCore.createReceiver(settings), core.createReceiver(settings)];
      const [whole, streaming] = receivers;
      const { body, headers } = signedRequest(choices, ['s1'], 300);
      const sent = new Headers(sendable(joinedHeaders(headers)));
      const expected = toAnswer(await whole.receive({ method: 'POST', url: '/', headers: sent, body }));
      const request = new Request('http://localhost/', {
        method: 'POST',
        headers: sent,
        body: toStream(pieces(choices, body)),
        duplex: 'half',
      } as RequestInit);
      const response = await streaming.fetch(request);
      assert.deepEqual([response.status, await response.text()], [expected.status, expected.body]);
    },
  };
}

/** The headers that every client and server lets through as they are: HTTP leaves out white space around a value. */
export function sendable(headers: ReadonlyMap<string, string>): [string, string][] {
  return [...headers].filter(
    ([name, value]) =>
      /^(x-twenty-|content-encoding)/.test(name) &&
      /^([!-~]([ -~]*[!-~])?)?$/.test(value) &&
      /^[a-z-]+$/.test(name) &&
      !value.includes('  '),
  );
}

/** Cut anywhere; some pieces are empty. */
export function pieces(choices: Choices, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const cuts = choices.list(6, () => choices.below(bytes.length + 1)).sort((one, other) => one - other);
  return [0, ...cuts].map((cut, index) => bytes.slice(cut, cuts[index] ?? bytes.length));
}

const toStream = (chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
};
