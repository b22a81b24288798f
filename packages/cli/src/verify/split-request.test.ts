import { expect, test } from 'vitest';
import { isRequest, splitRequest } from './split-request.ts';

const split = (text: string) => {
  const { method, pairs, body } = splitRequest(Buffer.from(text));
  return { method, names: pairs.map(([name]) => name), body: Buffer.from(body).toString() };
};

test.each([
  ['CR LF', 'POST /x HTTP/1.1\r\nHost: x\r\n\r\n{"a":"\r\n\r\n"}\n', '{"a":"\r\n\r\n"}\n'],
  ['LF', 'POST /x HTTP/1.1\nHost: x\n\n{"a":1}\r\n\r\n', '{"a":1}\r\n\r\n'],
  ['no body', 'POST /x HTTP/1.1\nHost: x\n', ''],
])('%s', (_, text, body) => expect(split(text)).toEqual({ method: 'POST', names: ['Host'], body }));

test('content-length ends the body; one that is too long does not', () => {
  expect(split('POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\n').body).toBe('{}');
  expect(split('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}\n').body).toBe('{}\n');
});

test('chunks are joined, unless a tool has joined them', () => {
  const head = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(split(`${head}3;x=y\r\n{"a\r\nA\r\n":"234567"\r\n1\r\n}\r\n0\r\n\r\n`).body).toBe('{"a":"234567"}');
  expect(split(`${head}{"a":1}`).body).toBe('{"a":1}');
  expect(split(`${head}ff\r\nshort`).body).toBe('ff\r\nshort');
});

test('what a request is', () => {
  expect(isRequest(Buffer.from('POST /webhooks/twenty HTTP/1.1\r\n'))).toBe(true);
  expect(isRequest(Buffer.from('GET / HTTP/2\n'))).toBe(true);
  expect(isRequest(Buffer.from('{"POST":"/ HTTP/1.1"}'))).toBe(false);
});
