import { createServer, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliverySummary } from '../src/listen/inspector-api.ts';
import { ask, secret, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('listen --forward', () => {
  interface Seen {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  async function startTarget(
    answer: { status?: number; headers?: Record<string, string>; body?: string | Uint8Array } = {},
  ) {
    const seen: Seen[] = [];
    const { origin, close } = await startTestServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
      });
    });
    onTestFinished(close);
    return { seen, forwardUrl: new URL(`${origin}/my/hook?a=1`) };
  }

  test('passes a delivery on unchanged, and answers as the target does', async () => {
    const { seen, forwardUrl } = await startTarget({
      status: 201,
      headers: { 'content-type': 'text/plain', location: '/there', 'x-other': 'x' },
      body: 'mine',
    });
    const { receiveUrl, deliveries } = await startTestListen({ forwardUrl });
    // With white space, as no serialiser writes it.
    const body = '{ "eventName": "person.created",\n "record": {"id":"p1","name":"é"} }';
    const { headers } = signDelivery(body, { secret });
    const sent = { ...headers, 'X-Custom': 'kept', connection: 'x-private', 'x-private': 'not' };
    const answer = await ask(`${receiveUrl}?q=1`, { method: 'POST', headers: sent, body });
    expect(answer).toMatchObject({
      status: 201,
      text: 'mine',
      headers: { 'content-type': 'text/plain', location: '/there' },
    });
    expect(answer.headers).not.toHaveProperty('x-other');
    expect(seen).toMatchObject([
      { method: 'POST', url: '/my/hook?a=1', body, headers: { ...headers, host: forwardUrl.host } },
    ]);
    expect(seen[0]?.headers).toMatchObject({ 'x-custom': 'kept' });
    expect(seen[0]?.headers).not.toHaveProperty('x-private');
    expect(deliveries).toMatchObject([
      { id: 1, status: 'accepted', isForwarding: true, forward: undefined },
      {
        id: 1,
        status: 'accepted',
        isForwarding: false,
        forward: { url: forwardUrl.href, status: 201, body: 'mine', reason: expect.any(String) },
      },
    ]);
  });

  test('a 200 in time needs no reason; the duration is measured', async () => {
    const { forwardUrl } = await startTarget();
    const { send, deliveries } = await startTestListen({ forwardUrl });
    expect((await send('person.created')).status).toBe(200);
    expect(deliveries.at(-1)?.forward).toEqual({
      url: forwardUrl.href,
      status: 200,
      durationMs: expect.any(Number),
      body: '',
    });
  });

  test('passes on what it refuses itself, and what is no POST', async () => {
    const { seen, forwardUrl } = await startTarget({ status: 401 });
    const { receiveUrl, deliver, deliveries } = await startTestListen({ forwardUrl });
    expect((await deliver(sampleEvent('person.created'), 'wrong')).status).toBe(401);
    await ask(receiveUrl, { method: 'DELETE', body: 'x' });
    expect(seen).toMatchObject([{ method: 'POST' }, { method: 'DELETE', body: 'x' }]);
    expect(deliveries.at(-1)).toMatchObject({ code: 'METHOD_NOT_ALLOWED', forward: { status: 401 } });
  });

  test('never answers 2xx for a target that did not: nobody there is a 502', async () => {
    const { close, origin } = await startTestServer(() => {});
    await close();
    const { send, deliveries, get } = await startTestListen({ forwardUrl: new URL(origin) });
    expect(await send('person.created')).toEqual({ status: 502, body: '{"error":"FORWARD_FAILED"}' });
    expect(deliveries.at(-1)).toMatchObject({ status: 'accepted', forward: { error: 'ECONNREFUSED' } });
    expect((await get<List>('deliveries')).deliveries[0]?.forward).toMatchObject({ error: 'ECONNREFUSED', body: '' });
  });

  test('no answer in time is a 504', async () => {
    const { origin, close } = await startTestServer(() => {});
    onTestFinished(close);
    const { send, deliveries } = await startTestListen({ forwardUrl: new URL(origin), forwardTimeoutMs: 50 });
    expect(await send('person.created')).toEqual({ status: 504, body: '{"error":"FORWARD_TIMEOUT"}' });
    expect(deliveries.at(-1)).toMatchObject({ isForwarding: false, forward: { error: 'TIMEOUT' } });
  });

  test('a connection that is cut is a 502', async () => {
    const { origin, close } = await startTestServer((request) => request.socket.destroy());
    onTestFinished(close);
    const { send } = await startTestListen({ forwardUrl: new URL(origin) });
    expect((await send('person.created')).status).toBe(502);
  });

  test('shows a delivery before the target has answered', async () => {
    let answer: (() => void) | undefined;
    const { origin, close } = await startTestServer((_request, response) => {
      answer = () => void response.end('late');
    });
    onTestFinished(close);
    const { send, get } = await startTestListen({ forwardUrl: new URL(origin) });
    const sent = send('person.created');
    await expect.poll(() => get<List>('deliveries')).toMatchObject({ deliveries: [{ isForwarding: true }] });
    await expect.poll(() => answer).toBeDefined();
    answer?.();
    expect((await sent).body).toBe('late');
    expect(await get<List>('deliveries')).toMatchObject({ deliveries: [{ isForwarding: false }] });
  });

  test('says that a body that is too large was not passed on', async () => {
    const { seen, forwardUrl } = await startTarget();
    const { receiveUrl, deliveries } = await startTestListen({ forwardUrl });
    expect((await ask(receiveUrl, { method: 'POST', body: new Uint8Array(6_000_000) })).status).toBe(413);
    expect(seen).toEqual([]);
    expect(deliveries.at(-1)).toMatchObject({ forward: { error: 'NOT_FORWARDED', durationMs: 0 } });
    expect(deliveries.at(-1)?.forward?.status).toBeUndefined();
  });

  test('uses the credentials of its URL and shows them nowhere', async () => {
    const { seen, forwardUrl } = await startTarget();
    forwardUrl.username = 'me';
    forwardUrl.password = 'hidden%20word';
    const { receiveUrl, get } = await startTestListen({ forwardUrl });
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    await ask(receiveUrl, { method: 'POST', headers: { ...headers, authorization: 'of a tunnel' }, body });
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa('me:hidden word')}`);
    const shown = JSON.stringify([await get('info'), await get('deliveries'), await get('deliveries/1')]);
    expect(shown).not.toMatch(/hidden/);
    expect(shown).toContain(forwardUrl.host);
  });

  test('closing does not wait for a target that never answers', async () => {
    const { origin, close } = await startTestServer(createServer(() => {}));
    onTestFinished(close);
    const listen = await startTestListen({ forwardUrl: new URL(origin) });
    const sent = listen.send('person.created').catch(() => 'cut');
    await expect.poll(() => listen.deliveries).toHaveLength(1);
    await listen.close();
    expect(await sent).not.toMatchObject({ status: 200 });
  });

  test('its answers are no page of the inspector: in the sandbox, whatever policy of its own the target has', async () => {
    const headers = { 'content-type': 'text/html', 'content-security-policy': "script-src 'unsafe-inline'" };
    const { forwardUrl } = await startTarget({
      status: 404,
      headers,
      body: '<script>fetch("/_inspector/info")</script>',
    });
    const nobody = await startTestServer(() => {});
    await nobody.close();
    for (const target of [forwardUrl, undefined, new URL(nobody.origin)]) {
      const { origin } = await startTestListen({ forwardUrl: target });
      const { headers: answered } = await ask(`${origin}/any`, {});
      expect(answered).toMatchObject({
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      });
    }
  });

  test('passes back what the status and the body need to be understood', async () => {
    const headers = { 'content-encoding': 'gzip', 'retry-after': '7', allow: 'PUT' };
    const { forwardUrl } = await startTarget({ status: 405, headers, body: gzipSync('{"a":1}') });
    const { receiveUrl, deliveries } = await startTestListen({ forwardUrl });
    const answer = await fetch(receiveUrl, { method: 'POST', body: '{}' });
    expect(await answer.text()).toBe('{"a":1}');
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    expect(deliveries.at(-1)?.forward?.body).toBe('(compressed: gzip)');
  });

  test('passes a large answer back whole, and says 502 for what is larger than 5 MiB', async () => {
    const large = new Uint8Array(100_000).fill(0x61);
    const { forwardUrl } = await startTarget({ body: large });
    const listen = await startTestListen({ forwardUrl });
    expect((await listen.send('person.created')).body).toHaveLength(large.length);
    const tooLarge = await startTarget({ body: new Uint8Array(5 * 1024 * 1024 + 1) });
    const { send, deliveries } = await startTestListen({ forwardUrl: tooLarge.forwardUrl });
    expect(await send('person.created')).toEqual({ status: 502, body: '{"error":"FORWARD_ANSWER_TOO_LARGE"}' });
    expect(deliveries.at(-1)).toMatchObject({ forward: { error: 'FORWARD_ANSWER_TOO_LARGE', status: undefined } });
  });

  test('takes a 101 for no answer', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => socket.end());
    server.on('request', (request) => {
      request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    });
    const { origin, close } = await startTestServer(server);
    onTestFinished(close);
    const { send } = await startTestListen({ forwardUrl: new URL(origin), forwardTimeoutMs: 5_000 });
    expect((await send('person.created')).status).toBe(502);
  });

  test('a loop through somebody else ends with a 508', async () => {
    let next = '';
    // A tunnel that leads back here, as `listen` cannot see.
    const { origin, close } = await startTestServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        const { method = '', headers } = request;
        const { host: _host, connection: _connection, ...passed } = headers as Record<string, string>;
        const back = await ask(next, { method, headers: passed, body: Buffer.concat(chunks) });
        response.writeHead(back.status).end(back.text);
      });
    });
    onTestFinished(close);
    const { receiveUrl, send, get, deliveries } = await startTestListen({ forwardUrl: new URL(origin) });
    const other = await startTestListen({ forwardUrl: new URL(receiveUrl) });
    next = other.receiveUrl;
    expect(await send('person.created')).toEqual({ status: 508, body: '{"error":"FORWARD_LOOP"}' });
    expect((await get<List>('deliveries')).total).toBe(2);
    expect(deliveries.at(-1)).toMatchObject({ id: 1, forward: { status: 508 } });
    expect(deliveries.at(-2)).toMatchObject({ id: 2, forward: { error: 'FORWARD_LOOP', durationMs: 0 } });
  });

  test('a delivery that is forgotten before the target answers is told nevertheless, but not to the list', async () => {
    let answer: (() => void) | undefined;
    const { origin: target, close } = await startTestServer((_request, response) => {
      answer = () => void response.end();
    });
    onTestFinished(close);
    const { origin, send, deliveries, get } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await fetch(`${origin}/_inspector/stream`);
    const sent = send('person.created');
    await expect.poll(() => answer).toBeDefined();
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    answer?.();
    expect((await sent).status).toBe(200);
    expect(deliveries).toMatchObject([
      { isForwarding: true },
      { id: 1, isForwarding: false, forward: { status: 200 } },
    ]);
    expect((await get<List>('deliveries')).total).toBe(0);
    // The next thing in the stream after `cleared` is the next delivery.
    const next = send('note.created');
    await expect.poll(() => answer).toBeDefined();
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('"id":2')) text += (await reader?.read())?.value ?? '';
    expect(text.match(/"id":1/g)).toHaveLength(1);
    await reader?.cancel();
    await expect
      .poll(() => {
        answer?.();
        return deliveries.length;
      })
      .toBe(4);
    await next;
  });

  test('a password with a percent sign that stands for nothing is a failure, not a fault', async () => {
    const { forwardUrl } = await startTarget();
    const { send, errors } = await startTestListen({ forwardUrl: new URL(forwardUrl.href.replace('//', '//me:50%@')) });
    expect((await send('person.created')).status).toBe(502);
    expect(errors).toEqual([]);
  });
});
