import type { IncomingMessage } from 'node:http';
import { verifySignature } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliverySummary, ReplayResult } from '../src/listen/inspector-api.ts';
import { ask, secret, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

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

  test('fresh signs with the first of several secrets', async () => {
    const { seen, url } = await startTarget();
    const { origin, deliver } = await startTestListen({ secrets: ['new', 'old'] });
    await deliver('{"eventName":"a.b"}', 'old');
    await replay(origin, { url, sign: 'fresh' });
    const { headers = {}, body = new Uint8Array() } = seen[0] ?? {};
    await verifySignature(body, headers, { secret: 'new' });
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
