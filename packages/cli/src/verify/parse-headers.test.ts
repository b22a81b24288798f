import { expect, test } from 'vitest';
import { isComplete, parseHeaderLine, parseHeaders } from './parse-headers.ts';

const pairs = [
  ['Content-Type', 'application/json'],
  ['X-Twenty-Signature', 'sha256=ab:cd'],
];

test.each([
  ['lines', 'Content-Type: application/json\nX-Twenty-Signature:sha256=ab:cd\n'],
  ['CR LF', 'Content-Type: application/json\r\nX-Twenty-Signature: sha256=ab:cd \r\n\r\n'],
  ['BOM', '\uFEFFContent-Type: application/json\nX-Twenty-Signature: sha256=ab:cd'],
  ['arguments of curl', "-H 'Content-Type: application/json' \\\n-H 'X-Twenty-Signature: sha256=ab:cd'"],
  ['object', '{"Content-Type":"application/json","X-Twenty-Signature":["sha256=ab:cd"],"a":null,"b":{}}'],
  ['pairs', '[["Content-Type","application/json"],["X-Twenty-Signature","sha256=ab:cd"]]'],
  ['rawHeaders', '["Content-Type","application/json","X-Twenty-Signature","sha256=ab:cd"]'],
  ['HAR', '[{"name":"Content-Type","value":"application/json"},{"name":"X-Twenty-Signature","value":"sha256=ab:cd"}]'],
  ['indented', '  Content-Type: application/json\n  X-Twenty-Signature: sha256=ab:cd'],
  ['folded', 'Content-Type: application/json\r\nX-Twenty-Signature:\r\n sha256=ab:cd\r\n'],
  [
    'command of curl',
    'curl http://x/ -H \'Content-Type: application/json\' --header "X-Twenty-Signature: sha256=ab:cd"',
  ],
  ['console.log', "{\n  'Content-Type': 'application/json',\n  'X-Twenty-Signature': 'sha256=ab:cd'\n}"],
  ['Headers', "Headers { 'Content-Type': 'application/json', 'X-Twenty-Signature': 'sha256=ab:cd' }"],
  ['Map', "Map(2) {\n'Content-Type' => 'application/json',\n'X-Twenty-Signature' => 'sha256=ab:cd' }"],
  ['Python', "{'Content-Type': 'application/json', 'X-Twenty-Signature': 'sha256=ab:cd'}"],
  ['lines of JSON', '"Content-Type": "application/json",\n"X-Twenty-Signature": "sha256=ab:cd",'],
  [
    'Postman',
    '[{"key":"Content-Type","value":"application/json"},{"key":"X-Twenty-Signature","value":"sha256=ab:cd"}]',
  ],
  [
    'event of a lambda',
    '{"body":"{}","headers":{"Content-Type":"application/json","X-Twenty-Signature":"sha256=ab:cd"}}',
  ],
])('%s', (_, text) => expect(parseHeaders(text)).toEqual({ method: undefined, pairs, unread: [] }));

test('with a request line', () => {
  const text = 'POST /webhooks/twenty HTTP/1.1\r\nContent-Type: application/json\r\nX-Twenty-Signature: sha256=ab:cd';
  expect(parseHeaders(text)).toEqual({ method: 'POST', pairs, unread: [] });
});

test('the answer that follows a request is not a part of it', () => {
  const text =
    'POST /x HTTP/1.1\nContent-Type: application/json\nX-Twenty-Signature: sha256=ab:cd\n\nHTTP/1.1 401 Unauthorized\nContent-Type: text/plain';
  expect(parseHeaders(text)).toEqual({ method: 'POST', pairs, unread: [] });
});

test('a line that was not understood has its number; headers are complete without it, or not', () => {
  const cut = parseHeaders(`a: 1\nX-Twenty-Webhook-Timestamp: 1\nX-Twenty-Webhook-Signature: ${'ab'.repeat(20)}\nabab`);
  expect({ unread: cut.unread, isComplete: isComplete(cut.pairs) }).toEqual({ unread: [4], isComplete: false });
  expect(isComplete([['x-twenty-signature', `sha256=${'ab'.repeat(32)}`]])).toBe(true);
  expect(isComplete([['X-Twenty-Webhook-Signature', 'ab'.repeat(32)]])).toBe(false);
});

test('of curl -v only what was sent', () => {
  const text =
    '* Connected: yes\n> POST / HTTP/1.1\n> Content-Type: application/json\n> X-Twenty-Signature: sha256=ab:cd\n>\n* upload: done\n< HTTP/1.1 401\n< Server: x\n{"error":1}';
  expect(parseHeaders(text)).toEqual({ method: 'POST', pairs, unread: [] });
});

test('what came several times stays several', () => {
  expect(parseHeaders('{"a":["1","2"]}').pairs).toEqual(parseHeaders('a: 1\na: 2').pairs);
});

test('text that is no headers, hostile names', () => {
  expect(parseHeaders('hello\nworld')).toEqual({ method: undefined, pairs: [], unread: [1, 2] });
  expect(parseHeaders('{"broken":')).toMatchObject({ pairs: [] });
  expect(parseHeaders('[null]').pairs).toEqual([]);
  expect(parseHeaderLine('x y: z')).toBeUndefined();
  expect(parseHeaders('{"__proto__":"x"}').pairs).toEqual([['__proto__', 'x']]);
});
