import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { CaseDefinition } from './case.ts';
import { signedRequest, withHeaders } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';

const contentTypes: readonly (string | undefined)[] = [
  undefined,
  'text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/vnd.api+json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/html',
  'nonsense',
];

/** The bytes count, not what the headers say of them. */
export const contentCases: readonly CaseDefinition[] = [
  ...contentTypes.map(
    (contentType): CaseDefinition => ({
      name: `content-type ${contentType ?? 'missing'}: the bytes count`,
      async run(start) {
        const adapter = await start();
        const reply = await adapter.send(withHeaders(signedRequest(), { 'content-type': contentType }));
        assertAnswer(reply, 200, { status: 'handled', id: adapter.handled[0]?.id });
      },
    }),
  ),
  ...['gzip', 'deflate', 'br', 'gzip, identity'].map(
    (encoding): CaseDefinition => ({
      name: `content-encoding ${encoding}: 415`,
      async run(start) {
        const adapter = await start();
        const request = signedRequest();
        const encoded = withHeaders(request, { 'content-encoding': encoding });
        assertError(
          await adapter.send({ ...encoded, body: gzipSync(request.body) }),
          415,
          'CONTENT_ENCODING_UNSUPPORTED',
        );
        assert.equal(adapter.handled.length, 0, 'the handler ran');
      },
    }),
  ),
  {
    name: 'content-encoding identity: as if it were not there',
    async run(start) {
      const adapter = await start();
      const reply = await adapter.send(withHeaders(signedRequest(), { 'content-encoding': 'identity' }));
      assertAnswer(reply, 200, { status: 'handled', id: adapter.handled[0]?.id });
    },
  },
  {
    name: 'one connection, many deliveries, refused ones among them',
    async run(start) {
      const adapter = await start();
      let connection = await adapter.connect();
      const requests = [
        signedRequest(),
        withHeaders(signedRequest(), { 'x-twenty-webhook-signature': undefined }),
        signedRequest('no JSON'),
        withHeaders(signedRequest(), { 'content-encoding': 'gzip' }),
        signedRequest(),
      ];
      const statuses: number[] = [];
      for (const request of requests) {
        await connection.send(request);
        const { status, headers } = await connection.readReply();
        statuses.push(status);
        // A server may close, if it says so; it may not take the rest of one body for the next request.
        if (headers.connection === 'close') connection = await adapter.connect();
      }
      assert.deepEqual(statuses, [200, 401, 400, 415, 200]);
      assert.equal(adapter.handled.length, 2);
    },
  },
];
