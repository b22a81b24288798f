import type { IncomingMessage } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { startTestServer } from '@twenty-webhooks/testing';
import { expect, onTestFinished, test } from 'vitest';
import { sendRequest, toHttpUrl } from './send-request.ts';

const body = new TextEncoder().encode('{"ü": 1}\n');
const request = { method: 'POST', headers: {}, body, timeoutMs: 5_000 };

async function startEcho(): Promise<{ url: URL; seen: { message: IncomingMessage; body: Buffer }[] }> {
  const seen: { message: IncomingMessage; body: Buffer }[] = [];
  const server = await startTestServer(async (message, response) => {
    seen.push({ message, body: Buffer.concat(await message.toArray()) });
    response.writeHead(302, { location: '/other', 'X-Two': ['a', 'b'] }).end('moved');
  });
  onTestFinished(() => server.close());
  return { url: new URL(`${server.origin}/hook?a=b%20c`), seen };
}

/** A server that does with a connection what no HTTP server would. */
async function startRaw(serve: (socket: Socket) => void): Promise<URL> {
  const server = createServer((socket) => serve(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
}

test('the bytes, the path and the headers arrive as they are; a redirect is an answer', async () => {
  const { url, seen } = await startEcho();
  const headers = [
    ['X-One', '1'],
    ['x-one', '2'],
    ['Host', 'twenty.example'],
  ] as const;
  const result = await sendRequest(url, { ...request, headers });
  expect(result).toMatchObject({ kind: 'answer', status: 302, headers: { location: '/other', 'x-two': 'a, b' } });
  expect(result.kind === 'answer' && new TextDecoder().decode(result.body)).toBe('moved');
  expect(seen).toHaveLength(1);
  expect(seen[0]?.body).toEqual(Buffer.from(body));
  expect(seen[0]?.message.url).toBe('/hook?a=b%20c');
  expect(seen[0]?.message.rawHeaders.slice(0, 6)).toEqual(['X-One', '1', 'x-one', '2', 'Host', 'twenty.example']);
  expect(seen[0]?.message.headers['content-length']).toBe(String(body.length));
});

test('a host of its own is added where none is given', async () => {
  const { url, seen } = await startEcho();
  await sendRequest(url, request);
  expect(seen[0]?.message.headers.host).toBe(url.host);
});

test('of a long answer the start is kept, and the end awaited', async () => {
  const server = await startTestServer((_message, response) => response.end('x'.repeat(300_000)));
  onTestFinished(() => server.close());
  const result = await sendRequest(new URL(server.origin), request);
  expect(result.kind === 'answer' && result.body.length).toBe(65_536);
});

test.each<[code: string, serve: (socket: Socket) => void]>([
  ['ECONNRESET', (socket) => socket.once('data', () => socket.destroy())],
  ['ECONNRESET', (socket) => socket.once('data', () => socket.resetAndDestroy())],
  ['HPE_INVALID_CONSTANT', (socket) => socket.once('data', () => socket.end('not HTTP\r\n\r\n'))],
  ['ECONNRESET', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))],
])('no whole answer is a failure: %s', async (code, serve) => {
  expect(await sendRequest(await startRaw(serve), request)).toMatchObject({ kind: 'failure', code });
});

test('nobody listens', async () => {
  expect(await sendRequest(new URL('http://127.0.0.1:1/'), request)).toMatchObject({ code: 'ECONNREFUSED' });
});

test('an upgrade that nobody asked for is an answer', async () => {
  const url = await startRaw((socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nwhatever')),
  );
  expect(await sendRequest(url, request)).toMatchObject({ kind: 'answer', status: 101, headers: { upgrade: 'x' } });
});

test('what never comes to an end is over at the time limit, or with the connection', async () => {
  const tunnel = { ...request, method: 'CONNECT', timeoutMs: 60_000 };
  const connected = await startRaw((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')));
  expect(await sendRequest(connected, tunnel)).toMatchObject({ kind: 'failure', code: 'ECONNRESET' });
  const early = await startRaw((socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'));
  expect(await sendRequest(early, { ...request, timeoutMs: 200 })).toMatchObject({ kind: 'failure', code: 'TIMEOUT' });
});

test('the body of an answer may end with the connection', async () => {
  const url = await startRaw((socket) => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it')));
  const result = await sendRequest(url, request);
  expect(result.kind === 'answer' && result.body.toString()).toBe('all of it');
});

test('the time limit is for the whole answer, also one that trickles', async () => {
  const url = await startRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.once('close', () => clearInterval(timer));
  });
  const result = await sendRequest(url, { ...request, timeoutMs: 200 });
  expect(result).toMatchObject({ kind: 'failure', code: 'TIMEOUT' });
  expect(result.durationMs).toBeGreaterThan(150);
});

test('it can be given up', async () => {
  const url = await startRaw(() => {});
  const giveUp = new AbortController();
  const sent = sendRequest(url, { ...request, signal: giveUp.signal });
  giveUp.abort();
  expect(await sent).toMatchObject({ kind: 'failure', code: 'ABORT_ERR' });
});

test('it can be given up in the middle of an answer', async () => {
  const giveUp = new AbortController();
  const url = await startRaw((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf');
      setTimeout(() => giveUp.abort(), 50);
    }),
  );
  expect(await sendRequest(url, { ...request, signal: giveUp.signal })).toMatchObject({ kind: 'failure' });
});

test('headers that cannot be sent are a failure, not a crash', async () => {
  const { url, seen } = await startEcho();
  const sent = await sendRequest(url, { ...request, headers: { 'x-bad': 'a\r\nb: c' } });
  expect(sent).toMatchObject({ kind: 'failure', code: 'ERR_INVALID_CHAR' });
  expect(seen).toEqual([]);
});

test.each([
  'localhost:3000',
  '',
  'ftp://example.com',
  '/hook',
  'http://',
  'http://u:p%zz@localhost/',
  'http://%ff:p@localhost/',
])('%j is no URL', (text) => {
  expect(() => toHttpUrl(text)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
});

test.each([
  'ftp://user:hunter2@host/',
  'user:hunter2@host:3000/x',
  'https//user:hunter2@host',
  'localhost/x?token=hunter2',
  'http://u:hunter2%zz@localhost/',
])('a password is not repeated: %j', (text) => {
  expect(() => toHttpUrl(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }));
});
