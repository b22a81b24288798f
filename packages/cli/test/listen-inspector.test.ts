import { once } from 'node:events';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { verifySignature } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryDetail, DeliverySummary, InspectorInfo, ReplayResult } from '../src/listen/inspector-api.ts';
import { ask, secret, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('who may see the inspector', () => {
  const paths = ['/', '/_inspector/info', '/_inspector/deliveries', '/_inspector/inspector.js', '/_inspector/stream'];
  const ownHosts = (port: string): string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];

  test('the browser of this machine', async () => {
    const { origin } = await startTestListen();
    for (const host of ownHosts(new URL(origin).port)) {
      const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      for (const headers of [{ host }, own, { host, 'sec-fetch-site': 'none' }]) {
        for (const path of paths.slice(0, -1)) {
          expect([path, headers, (await ask(origin + path, { headers })).status]).toEqual([path, headers, 200]);
        }
      }
    }
  });

  test('nobody by another name (DNS rebinding)', async () => {
    const { origin } = await startTestListen();
    const { port } = new URL(origin);
    const hosts = [
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `127.0.0.1:${port}.evil.example`,
      `0.0.0.0:${port}`,
    ];
    for (const host of hosts) {
      for (const path of paths) {
        const { status, text } = await ask(origin + path, { headers: { host } });
        expect([host, path, status, text]).toEqual([host, path, 403, expect.stringContaining('HOST_UNKNOWN')]);
      }
    }
  });

  test('nobody through a tunnel, even if it writes our Host', async () => {
    const { origin } = await startTestListen();
    for (const name of ['X-Forwarded-For', 'x-forwarded-host', 'forwarded', 'cf-connecting-ip', 'via', 'x-real-ip']) {
      for (const path of paths) {
        const { status, text } = await ask(origin + path, { headers: { [name]: '203.0.113.9' } });
        expect([name, path, status, text]).toEqual([name, path, 403, expect.stringContaining('CAME_THROUGH_PROXY')]);
      }
    }
  });

  test('no page of another origin, not even of another port here', async () => {
    const { origin, send, get } = await startTestListen();
    await send('person.created');
    const refused = [
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ url: origin, sign: 'original' });
    for (const headers of refused as readonly Record<string, string>[]) {
      for (const [method, path] of [
        ['GET', 'deliveries'],
        ['DELETE', 'deliveries'],
        ['POST', 'deliveries/1/replay'],
      ] as const) {
        const sent = method === 'POST' ? { headers: { ...headers, ...json }, body } : { headers };
        const answer = await ask(`${origin}/_inspector/${path}`, { method, ...sent });
        expect([method, headers, answer.status]).toEqual([method, headers, 403]);
      }
    }
    expect((await get<List>('deliveries')).total).toBe(1);
  });

  test('the page may be opened by a link from elsewhere', async () => {
    const { origin } = await startTestListen();
    expect((await ask(`${origin}/?x#y`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).not.toBe(403);
  });

  test('a form cannot replay', async () => {
    const { origin, send } = await startTestListen();
    await send('person.created');
    const body = JSON.stringify({ url: origin, sign: 'original' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; application/json']) {
      const headers = { 'content-type': type };
      expect((await ask(`${origin}/_inspector/deliveries/1/replay`, { method: 'POST', headers, body })).status).toBe(
        415,
      );
    }
  });

  test('everything says what a browser must not do with it', async () => {
    const { origin } = await startTestListen();
    for (const path of [...paths.slice(0, -1), '/_inspector/nothing', '/favicon.ico']) {
      const { headers } = await ask(origin + path, {});
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('it listens on loopback only', async () => {
    const { origin } = await startTestListen();
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    // Another loopback address of this machine, on which a server for all addresses would answer too.
    await expect(ask(origin.replace('127.0.0.1', '127.0.0.2'), {})).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the list', () => {
  test('comes in pages', async () => {
    const { send, get } = await startTestListen();
    for (let count = 0; count < 5; count++) await send('person.created');
    const ids = async (query: string) => (await get<List>(`deliveries?${query}`)).deliveries.map(({ id }) => id);
    expect(await ids('limit=2')).toEqual([5, 4]);
    expect(await ids('limit=2&before=4')).toEqual([3, 2]);
    expect(await ids('before=2')).toEqual([1]);
  });

  test('has whole numbers for its pages', async () => {
    const { origin } = await startTestListen();
    for (const query of ['limit=0', 'limit=10001', 'limit=x', 'before=-1', 'before=1.5']) {
      const { status, text } = await ask(`${origin}/_inspector/deliveries?${query}`, {});
      expect([query, status, text]).toEqual([query, 400, expect.stringContaining('PARAMETER_INVALID')]);
    }
  });

  test('can be emptied; numbers go on, and events stay known', async () => {
    const { origin, deliver, get } = await startTestListen();
    const body = sampleEvent('person.created');
    await deliver(body);
    expect(await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(await get('deliveries')).toEqual({ deliveries: [], total: 0 });
    expect((await deliver(body)).body).toContain('duplicate');
    expect((await get<List>('deliveries')).deliveries).toMatchObject([{ id: 2 }]);
  });

  test('is emptied in the inbox too', async () => {
    const { origin, folder, send } = await startTestListen();
    await send('person.created');
    const inbox = sqliteInbox(join(folder, 'inbox.sqlite'));
    onTestFinished(() => inbox.close({ graceMs: 0 }));
    await expect.poll(() => inbox.inspection.counts()).toMatchObject({ done: 1 });
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    expect(await inbox.inspection.list()).toEqual([]);
  });

  test('knows about itself', async () => {
    const { get, receiveUrl } = await startTestListen({ keep: 7 });
    expect(await get<InspectorInfo>('info')).toEqual({
      version: expect.any(String),
      receiveUrl,
      hasSecret: true,
      keep: 7,
    });
  });

  test('is all there is', async () => {
    const { origin } = await startTestListen();
    for (const path of ['nothing', 'deliveries/1', 'deliveries/x', 'deliveries/1/replay', '']) {
      expect([path, (await ask(`${origin}/_inspector/${path}`, {})).status]).toEqual([path, 404]);
    }
  });
});

describe('a delivery in detail', () => {
  test('has what changed, and the record as the last genuine delivery had it', async () => {
    const { deliver, get } = await startTestListen();
    const body = (city: string, updatedAt: string) =>
      sampleEvent('company.updated', { overrides: { record: { id: 'c1', city, updatedAt }, updatedFields: ['city'] } });
    await deliver(body('Oslo', '2026-01-01T00:00:00.000Z'));
    await deliver(body('Forged', '2026-01-02T00:00:00.000Z'), 'wrong');
    await deliver(sampleEvent('company.updated', { overrides: { record: { id: 'c2', city: 'Rome' } } }));
    await deliver(body('Bergen', '2026-01-03T00:00:00.000Z'));
    const last = await get<DeliveryDetail>('deliveries/4');
    expect(last).toMatchObject({
      updatedFields: ['city'],
      record: { id: 'c1', city: 'Bergen' },
      previous: { deliveryId: 1, record: { id: 'c1', city: 'Oslo' } },
    });
    expect(await get<DeliveryDetail>('deliveries/1')).not.toHaveProperty('previous');
    // What is not genuine has a previous one, and is none.
    expect(await get<DeliveryDetail>('deliveries/2')).toMatchObject({ previous: { deliveryId: 1 } });
  });

  test('of a deletion has the record that was', async () => {
    const { deliver, get } = await startTestListen();
    for (const format of ['server', 'envelope'] as const) {
      await deliver(sampleEvent('person.deleted', { format }));
    }
    expect((await get<DeliveryDetail>('deliveries/1')).record).toHaveProperty('emails');
    expect((await get<DeliveryDetail>('deliveries/2')).record).toHaveProperty('firstName');
  });

  test('of bytes that are no UTF-8 says so', async () => {
    const { deliver, get } = await startTestListen();
    expect((await deliver(Uint8Array.of(0x7b, 0xff, 0x7d))).status).toBe(400);
    expect(await get('deliveries/1')).toMatchObject({ isUtf8: false, body: '{\ufffd}', code: 'BODY_NOT_UTF8' });
  });
});

describe('secrets of metadata.webhook events', () => {
  const hidden = ['0123secretofawebhook', 'theoldone0123'];
  const [now, before] = hidden;
  const webhookEvent = () => ({
    ...sampleEvent('metadata.webhook.updated'),
    event: {
      metadataName: 'webhook',
      recordId: 'w1',
      type: 'updated',
      properties: {
        updatedFields: ['secret'],
        diff: { secret: { before, after: now } },
        before: { id: 'w1', targetUrl: 'https://a.example', secret: before },
        after: { id: 'w1', targetUrl: 'https://a.example', secret: now },
      },
    },
  });

  test('are nowhere in what the page gets, and cannot be searched for', async () => {
    // A target that gives back what it got.
    const { origin: target, close } = await startTestServer((request, response) => request.pipe(response));
    onTestFinished(close);
    const { origin, deliver, get } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await openStream(origin);
    const answer = await deliver(webhookEvent());
    expect(answer.body).toContain(now);
    // Also one that was cut off on its way, and one that is not genuine.
    await deliver(JSON.stringify(webhookEvent()).slice(0, -2));
    await deliver(webhookEvent(), 'wrong');
    const replayed = await ask(`${origin}/_inspector/deliveries/1/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: target, sign: 'original' }),
    });
    await expect.poll(() => stream.text().match(/^event: delivery$/gm)).toHaveLength(6);
    const details = await Promise.all([1, 2, 3].map((id) => get<DeliveryDetail>(`deliveries/${id}`)));
    const shown = JSON.stringify([details, await get('deliveries'), replayed.text, stream.text()]);
    for (const one of hidden) expect(shown).not.toContain(one);
    expect(details.map(({ isMasked }) => isMasked)).toEqual([true, true, true]);
    expect(details[0]?.body).toContain('a.example');
    expect(details[0]).toMatchObject({ object: 'metadata.webhook', recordId: 'w1', updatedFields: ['secret'] });
    expect(details[0]?.record?.secret).not.toBe('');

    for (const text of [...hidden, '23secret', now?.toUpperCase() ?? '']) {
      expect(await get(`search?text=${text}`)).toEqual({ ids: [] });
    }
    expect(await get('search?text=A.EXAMPLE')).toEqual({ ids: [3, 1] });
  });

  test('are masked also if the name is written with an escape', async () => {
    const { deliver, get } = await startTestListen();
    await deliver(JSON.stringify(webhookEvent()).replace('metadata.webhook', 'metadata.web\\u0068ook'));
    expect(JSON.stringify(await get('deliveries/1'))).not.toContain(now);
    expect(await get(`search?text=${now}`)).toEqual({ ids: [] });
  });

  test('a field named secret of a record is data', async () => {
    const { send, get } = await startTestListen();
    await send('person.created', { record: { secretSanta: 'Bob' } });
    expect(await get('deliveries/1')).toMatchObject({ isMasked: false, record: { secretSanta: 'Bob' } });
  });
});

test('search looks into bodies and headers, in any case, the newest first', async () => {
  const { send, get } = await startTestListen();
  for (let count = 0; count < 45; count++) await send('note.created');
  await send('person.created', { record: { jobTitle: 'Grüße 🚀' } });
  await send('person.updated', { record: { jobTitle: 'grüsse' } });
  const find = async (text: string) => (await get<{ ids: number[] }>(`search?text=${encodeURIComponent(text)}`)).ids;
  expect(await find('GRÜSSE')).toEqual([47]);
  expect(await find('GRÜ')).toEqual([47, 46]);
  expect(await find('🚀')).toContain(46);
  expect(await find('note.created')).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
  expect(await find('X-Twenty-Webhook-Nonce: ')).toHaveLength(47);
  expect(await find('nowhere to be found')).toEqual([]);
});

describe('replay', () => {
  async function startTarget() {
    const seen: { headers: IncomingMessage['headers']; method: string | undefined; body: Uint8Array }[] = [];
    const { origin, close } = await startTestServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ headers: request.headers, method: request.method, body: Buffer.concat(chunks) });
        response.writeHead(404).end('no');
      });
    });
    onTestFinished(close);
    return { seen, url: origin };
  }

  const replay = async (origin: string, request: object, id = 1) => {
    const answer = await ask(`${origin}/_inspector/deliveries/${id}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(request),
    });
    return { status: answer.status, body: JSON.parse(answer.text) as ReplayResult & { error?: { code: string } } };
  };

  test('original sends the same bytes and headers', async () => {
    const { seen, url } = await startTarget();
    const { origin, receiveUrl } = await startTestListen();
    const signed = signDelivery('{ "eventName": "a.b" }', { secret });
    const headers = { ...signed.headers, 'x-extra': 'ä'.normalize('NFC') };
    await ask(receiveUrl, { method: 'POST', headers, body: signed.body });
    expect((await replay(origin, { url, sign: 'original' })).body).toMatchObject({
      url: `${url}/`,
      status: 404,
      body: 'no',
      reason: expect.stringContaining('404'),
    });
    expect(seen).toMatchObject([{ method: 'POST', headers: { ...headers, host: new URL(url).host } }]);
    expect(seen[0]?.body.toString()).toBe('{ "eventName": "a.b" }');
  });

  test('fresh signs the same bytes anew, in the scheme they had', async () => {
    const { seen, url } = await startTarget();
    const { origin, receiveUrl } = await startTestListen();
    const longAgo = Date.now() - 3_600_000;
    for (const format of ['server', 'envelope'] as const) {
      const { headers, body } = signDelivery(sampleEvent('person.created', { format }), {
        secret,
        format,
        timestamp: longAgo,
      });
      const cased = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]);
      await ask(receiveUrl, { method: 'POST', headers: Object.fromEntries(cased), body });
    }
    // Without any signature it becomes a server's.
    await ask(receiveUrl, { method: 'POST', body: '{}' });
    for (const id of [1, 2, 3]) await replay(origin, { url, sign: 'fresh' }, id);
    const schemes = await Promise.all(
      seen.map(async ({ headers, body }) => (await verifySignature(body, headers, { secret })).scheme),
    );
    expect(schemes).toEqual(['timestamped', 'plain', 'timestamped']);
    expect(seen[1]?.headers).not.toHaveProperty('x-twenty-webhook-signature');
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(seen[2]?.headers).not.toHaveProperty('content-type');
  });

  test('has a new nonce each time', async () => {
    const { seen, url } = await startTarget();
    const { origin, send } = await startTestListen();
    await send('person.created');
    await replay(origin, { url, sign: 'fresh' });
    await replay(origin, { url, sign: 'fresh' });
    expect(new Set(seen.map(({ headers }) => headers['x-twenty-webhook-nonce'])).size).toBe(2);
  });

  test('without a secret cannot sign', async () => {
    const { origin, deliver } = await startTestListen({ secrets: undefined });
    await deliver('{"eventName":"a.b"}', '');
    expect(await replay(origin, { url: origin, sign: 'fresh' })).toMatchObject({
      status: 400,
      body: { error: { code: 'SECRET_MISSING' } },
    });
  });

  test('to this very listen shows up in the list', async () => {
    const { origin, receiveUrl, send, get } = await startTestListen();
    await send('person.created');
    expect((await replay(origin, { url: receiveUrl, sign: 'fresh' })).body).toMatchObject({ status: 200 });
    expect((await get<List>('deliveries')).deliveries[0]).toMatchObject({ id: 2, status: 'duplicate' });
  });

  test('tells that nobody is there', async () => {
    const { origin: url, close } = await startTestServer(() => {});
    await close();
    const { origin, send } = await startTestListen();
    await send('person.created');
    expect((await replay(origin, { url, sign: 'original' })).body).toMatchObject({ error: 'ECONNREFUSED' });
  });

  test('refuses what it cannot send', async () => {
    const { origin, send } = await startTestListen();
    await send('person.created');
    for (const [request, code] of [
      [{ url: 'localhost:3000', sign: 'original' }, 'URL_INVALID'],
      [{ url: 'file:///etc/passwd', sign: 'original' }, 'URL_INVALID'],
      [{ url: 'http://localhost', sign: 'other' }, 'REQUEST_INVALID'],
      [{ sign: 'original' }, 'REQUEST_INVALID'],
      [[], 'REQUEST_INVALID'],
    ] as const) {
      expect(await replay(origin, request)).toMatchObject({ status: 400, body: { error: { code } } });
    }
  });
});

describe('the stream', () => {
  test('brings each delivery, twice if it is passed on, and tells when all are forgotten', async () => {
    const { origin: target, close } = await startTestServer((_request, response) => response.end());
    onTestFinished(close);
    const { origin, send } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await openStream(origin);
    await send('person.created');
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    await expect.poll(stream.text).toContain('event: cleared');
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = stream
      .text()
      .split('\n\n')
      .filter((part) => part.startsWith('event:'));
    expect(events.map((part) => part.split('\n')[0])).toEqual(['event: delivery', 'event: delivery', 'event: cleared']);
    const data = events.map((part) => JSON.parse(part.split('data: ')[1] ?? ''));
    expect(data).toMatchObject([
      { id: 1, isForwarding: true },
      { id: 1, isForwarding: false, forward: { status: 200 } },
      {},
    ]);
  });

  test('ends when listen does', async () => {
    const { origin, close } = await startTestListen();
    const stream = await openStream(origin);
    await close();
    await expect.poll(() => stream.response.complete).toBe(true);
  });
});

/** Read server-sent events as text. */
async function openStream(origin: string) {
  const request = getHttp(`${origin}/_inspector/stream`);
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  onTestFinished(() => void request.destroy());
  let text = '';
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  return { response, text: () => text };
}
