import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryDetail, DeliverySummary } from '../src/listen/inspector-api.ts';
import { ask, makeTestFolder, secret, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('what listen receives', () => {
  test('is verified, stored and listed, the newest first', async () => {
    const { send, deliver, get } = await startTestListen();
    expect(
      await send('person.created', { record: { id: 'p1', name: { firstName: 'Ada', lastName: 'Lovelace' } } }),
    ).toMatchObject({ status: 200, body: expect.stringMatching(/^\{"status":"accepted","id":"evt_[0-9a-f]{32}"\}$/) });
    expect(await deliver(sampleEvent('company.updated'), 'another secret')).toEqual({
      status: 401,
      body: '{"error":"SIGNATURE_MISMATCH"}',
    });
    const { deliveries, total } = await get<List>('deliveries');
    expect(total).toBe(2);
    expect(deliveries).toMatchObject([
      {
        id: 2,
        status: 'rejected',
        code: 'SIGNATURE_MISMATCH',
        reason: expect.stringContaining('another secret'),
        scheme: 'timestamped',
        event: 'company.updated',
        isForwarding: false,
      },
      {
        id: 1,
        method: 'POST',
        path: '/webhooks/twenty',
        status: 'accepted',
        scheme: 'timestamped',
        event: 'person.created',
        eventId: expect.stringMatching(/^evt_/),
        format: 'server',
        object: 'person',
        recordId: 'p1',
        recordName: 'Ada Lovelace',
      },
    ]);
    expect(deliveries[0]).not.toHaveProperty('forward');
  });

  test('is a duplicate the second time, also after a restart, which keeps the list and goes on counting', async () => {
    const body = sampleEvent('person.created');
    const first = await startTestListen();
    await first.deliver(body);
    expect((await first.deliver(body)).body).toContain('duplicate');
    await first.close();
    const second = await startTestListen({ folder: first.folder });
    expect((await second.deliver(body)).body).toContain('duplicate');
    const { deliveries } = await second.get<List>('deliveries');
    expect(deliveries.map(({ id, status }) => [id, status])).toEqual([
      [3, 'duplicate'],
      [2, 'duplicate'],
      [1, 'accepted'],
    ]);
  });

  test('is every request that is not for the inspector', async () => {
    const { origin, get } = await startTestListen();
    const requests = [
      ['GET', '/', { 'x-twenty-webhook-signature': 'ab' }, 405, 'METHOD_NOT_ALLOWED'],
      ['HEAD', '/', { 'x-twenty-signature': 'ab' }, 405, 'METHOD_NOT_ALLOWED'],
      ['PUT', '/any/path?x=1', {}, 405, 'METHOD_NOT_ALLOWED'],
      ['POST', '/', {}, 400, 'BODY_EMPTY'],
      ['GET', '/favicon.png', {}, 405, 'METHOD_NOT_ALLOWED'],
      ['POST', '/favicon.ico', {}, 400, 'BODY_EMPTY'],
    ] as const;
    for (const [method, path, headers, status] of requests) {
      expect([path, (await ask(origin + path, { method, headers })).status]).toEqual([path, status]);
    }
    const seen = requests.map(([method, path, , , code]) => ({ method, path, code }));
    expect((await get<List>('deliveries')).deliveries).toMatchObject(seen.reverse());
  });

  test('may come through a tunnel', async () => {
    const { receiveUrl, get } = await startTestListen();
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    const tunnelled = { ...headers, host: 'abc.example.com', 'x-forwarded-for': '203.0.113.9' };
    expect((await ask(receiveUrl, { method: 'POST', headers: tunnelled, body })).status).toBe(200);
    expect((await get<List>('deliveries')).total).toBe(1);
  });

  test('keeps headers in order, with case and repeats, and bytes as they came', async () => {
    const { origin, get } = await startTestListen();
    const { port } = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      'POST /x HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-a:  two\r\nX-B: 3\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"a" : 1}',
    );
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    const detail = await get<DeliveryDetail>('deliveries/1');
    expect(detail.headers).toEqual([
      ['Host', 'a'],
      ['X-B', '1'],
      ['x-a', 'two'],
      ['X-B', '3'],
      ['Content-Length', '9'],
      ['Connection', 'close'],
    ]);
    expect(detail).toMatchObject({ body: '{"a" : 1}', bytes: 9, isUtf8: true, isMasked: false });
  });

  test('is read within limits: 6 MB are a 413 without a body', async () => {
    const { receiveUrl, get } = await startTestListen();
    const large = new Uint8Array(6_000_000);
    const answer = await ask(receiveUrl, { method: 'POST', body: large });
    expect(answer.status).toBe(413);
    // Not announced: chunked.
    const stream = new Blob([large]).stream();
    const chunked = await fetch(receiveUrl, { method: 'POST', body: stream, duplex: 'half' } as RequestInit).catch(
      () => {},
    );
    expect(chunked?.status ?? 413).toBe(413);
    expect((await get<List>('deliveries')).deliveries).toMatchObject([
      { code: 'BODY_TOO_LARGE', bytes: 0 },
      { code: 'BODY_TOO_LARGE', bytes: 0 },
    ]);
  });

  test('without a secret is accepted unsigned', async () => {
    const { deliver, deliveries } = await startTestListen({ secrets: undefined });
    expect((await deliver(sampleEvent('note.created'), '')).status).toBe(200);
    expect(deliveries).toMatchObject([{ status: 'accepted', scheme: 'unsigned' }]);
  });

  test('may be signed with any of several secrets', async () => {
    const { deliver } = await startTestListen({ secrets: ['new', 'old'] });
    expect((await deliver(sampleEvent('note.created'), 'old')).status).toBe(200);
  });

  test('is forgotten beyond what is kept', async () => {
    const { send, get } = await startTestListen({ keep: 2 });
    for (let count = 0; count < 4; count++) await send('task.created');
    const { deliveries, total } = await get<List>('deliveries');
    expect([total, deliveries.map(({ id }) => id)]).toEqual([2, [4, 3]]);
    expect((await get<{ error: object }>('deliveries/1')).error).toMatchObject({ code: 'DELIVERY_UNKNOWN' });
  });

  test('is for nobody else on this machine to read, nor for Git', async () => {
    const { folder, send } = await startTestListen();
    await send('person.created');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
    const files = await readdir(folder);
    expect(files).toEqual(expect.arrayContaining(['deliveries.sqlite', 'inbox.sqlite']));
    expect(files.filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test('is safe for 100 at a time', async () => {
    const { send, get } = await startTestListen();
    const answers = await Promise.all(Array.from({ length: 100 }, () => send('person.created')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await get<List>('deliveries')).total).toBe(100);
  });
});

describe('starting listen', () => {
  test('on a port that is taken says so', async () => {
    const { origin } = await startTestListen();
    await expect(startTestListen({ port: Number(new URL(origin).port) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining('--port'),
    });
  });

  test('twice in one folder says so, and the first goes on', async () => {
    const { folder, send } = await startTestListen();
    await expect(startTestListen({ folder })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining('--inbox'),
    });
    expect((await send('person.created')).status).toBe(200);
  });

  test('with --forward to itself is refused', async () => {
    const { origin, close } = await startTestListen();
    await close();
    const port = Number(new URL(origin).port);
    const forwardUrl = new URL(`http://localhost:${port}/webhooks/twenty`);
    await expect(startTestListen({ port, forwardUrl })).rejects.toMatchObject({ code: 'FORWARD_TO_ITSELF' });
    // And has let go of the port.
    await startTestListen({ port });
  });
});

describe('listen --forward', () => {
  interface Seen {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  async function startTarget(answer: { status?: number; headers?: Record<string, string>; body?: string } = {}) {
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
    expect(deliveries.at(-1)?.forward).not.toHaveProperty('status');
  });

  test('uses the credentials of its URL and shows them nowhere', async () => {
    const { seen, forwardUrl } = await startTarget();
    forwardUrl.username = 'me';
    forwardUrl.password = 'hidden%20word';
    const { send, get } = await startTestListen({ forwardUrl });
    await send('person.created');
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
});

test('listen does not write a .gitignore into a folder that was there', async () => {
  const folder = join(await makeTestFolder(), '..');
  await startTestListen({ folder });
  expect(await readdir(folder)).not.toContain('.gitignore');
});
