import assert from 'node:assert/strict';
import { suiteSecret } from '../suite-events.ts';
import type { CaseDefinition } from './case.ts';
import type { WireRequest } from './connection.ts';
import { signedRequest, withHeaders } from './deliveries.ts';
import { assertAnswer, assertError } from './reply.ts';

const signature = 'x-twenty-webhook-signature';
const timestamp = 'x-twenty-webhook-timestamp';
const plain = 'x-twenty-signature';

const refused: readonly (readonly [name: string, request: () => WireRequest, code: string])[] = [
  ['no signature headers', () => ({ ...signedRequest(), headers: [] }), 'SIGNATURE_MISSING'],
  ['no signature', () => withHeaders(signedRequest(), { [signature]: undefined }), 'SIGNATURE_MISSING'],
  ['an empty signature', () => withHeaders(signedRequest(), { [signature]: '' }), 'SIGNATURE_MISSING'],
  ['no timestamp', () => withHeaders(signedRequest(), { [timestamp]: undefined }), 'TIMESTAMP_MISSING'],
  ['the same signature twice', () => twice(signedRequest(), signature), 'SIGNATURE_MALFORMED'],
  ['a wrong signature before the right one', () => wrongFirst(signedRequest(), signature), 'SIGNATURE_MALFORMED'],
  ['the same timestamp twice', () => twice(signedRequest(), timestamp), 'TIMESTAMP_MALFORMED'],
  [
    'the guide’s signature twice',
    () => twice(signedRequest(undefined, { format: 'envelope' }), plain),
    'SIGNATURE_MALFORMED',
  ],
  ['a signature with another secret', () => signedRequest(undefined, { secret: 'another' }), 'SIGNATURE_MISMATCH'],
  [
    'bytes that are no text in the signature',
    () => withHeaders(signedRequest(), { [signature]: 'é'.repeat(64) }),
    'SIGNATURE_MALFORMED',
  ],
];

/** Headers as they stand on the wire. */
export const headerCases: readonly CaseDefinition[] = [
  ...refused.map(
    ([name, request, code]): CaseDefinition => ({
      name: `${name}: 401 ${code}`,
      async run(start) {
        const adapter = await start();
        assertError(await adapter.send(request()), 401, code);
        assert.equal(adapter.handled.length, 0, 'the handler ran');
      },
    }),
  ),
  ...[
    ['in upper case', (name: string) => name.toUpperCase()],
    ['in mixed case', (name: string) => name.replaceAll(/w|s/g, (letter) => letter.toUpperCase())],
  ].map(
    ([how, change]): CaseDefinition => ({
      name: `header names ${String(how)} are the same names`,
      async run(start) {
        const adapter = await start();
        const { headers, body } = signedRequest();
        const renamed = headers.map(([name, value]) => [(change as (name: string) => string)(name), value] as const);
        const reply = await adapter.send({ headers: renamed, body });
        assertAnswer(reply, 200, { status: 'handled', id: adapter.handled[0]?.id });
      },
    }),
  ),
  {
    name: 'a secret function sees the URL with its query, and the headers',
    async run(start) {
      const adapter = await start({
        secret: ({ url, headers }) => {
          const tenant = new URL(url, 'http://localhost').searchParams.get('tenant');
          const proxy = typeof headers.get === 'function' ? headers.get('x-proxy') : Reflect.get(headers, 'x-proxy');
          return tenant === 'blue' && proxy === 'yes' ? suiteSecret : '';
        },
      });
      const url = new URL(adapter.url);
      url.searchParams.set('tenant', 'blue');
      const request = withHeaders(signedRequest(), { 'x-proxy': 'yes' });
      assertError(await adapter.send(request), 401, 'SIGNATURE_MISMATCH');
      assertError(await adapter.send(signedRequest(), url.href), 401, 'SIGNATURE_MISMATCH');
      const reply = await adapter.send(request, url.href);
      assertAnswer(reply, 200, { status: 'handled', id: adapter.handled[0]?.id });
    },
  },
];

/** The header once more, further down. */
function twice(request: ReturnType<typeof signedRequest>, name: string): WireRequest {
  return { ...request, headers: [...request.headers, ...request.headers.filter(([other]) => other === name)] };
}

function wrongFirst(request: ReturnType<typeof signedRequest>, name: string): WireRequest {
  return { ...request, headers: [[name, '0'.repeat(64)], ...request.headers] };
}
