import assert from 'node:assert/strict';
import type { CaseDefinition } from './case.ts';
import { exchange } from './connection.ts';
import { signedRequest } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';

/** Which requests are the adapter's, and which are not. */
export const routingCases: readonly CaseDefinition[] = [
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'DELETE'].map(
    (method): CaseDefinition => ({
      name: `${method}: 405 with allow: POST`,
      unless: 'all-methods',
      async run(start) {
        const adapter = await start();
        const reply = await adapter.send({ method });
        assert.deepEqual([reply.status, reply.headers.allow], [405, 'POST']);
        if (method !== 'HEAD') assertError(reply, 405, 'METHOD_NOT_ALLOWED');
        assertAnswer(await adapter.deliver(), 200, { status: 'handled', id: adapter.handled[0]?.id });
      },
    }),
  ),
  {
    name: 'an empty GET with signature headers, as a redirect makes it: 405, and the developer is told',
    unless: 'all-methods',
    async run(start) {
      const adapter = await start();
      const { headers } = signedRequest('');
      assertError(await adapter.send({ method: 'GET', headers }), 405, 'METHOD_NOT_ALLOWED');
      const [outcome] = adapter.observations;
      assert.match(outcome !== undefined && 'reason' in outcome ? outcome.reason : 'not observed', /redirect/);
    },
  },
  {
    name: 'a route beside it keeps the framework’s JSON parser',
    unless: 'neighbours',
    async run(start) {
      const adapter = await start();
      const url = given(adapter.siblingUrl, 'siblingUrl');
      const json = { ñandú: [1, { deep: null }] };
      const request = {
        headers: [['content-type', 'application/json']],
        body: Buffer.from(JSON.stringify(json)),
      } as const;
      for (const round of [1, 2]) {
        assertAnswer(await exchange(url, request), 200, json);
        assertAnswer(await adapter.deliver(), 200, { status: 'handled', id: adapter.handled[round - 1]?.id });
      }
      assert.equal(adapter.observations.length, 2, 'the other route’s requests were observed');
    },
  },
  {
    name: 'other paths are left alone, even for a genuine delivery',
    unless: 'neighbours',
    async run(start) {
      const adapter = await start();
      const url = given(adapter.otherUrl, 'otherUrl');
      for (const request of [signedRequest(), { body: Buffer.from('{}') }, { method: 'GET' }, { method: 'DELETE' }]) {
        const { status, text } = await exchange(url, request);
        assert.deepEqual([status, text], [200, 'other']);
      }
      assert.deepEqual([adapter.handled.length, adapter.observations.length], [0, 0]);
    },
  },
];

function given(url: string | undefined, name: string): string {
  assert.ok(
    url !== undefined,
    `the fixture gives no ${name}; if the framework can have none, say so with limits: ['neighbours']`,
  );
  return url;
}
