import { describe, expect, test } from 'vitest';
import type { ReceiverOptions } from './options.ts';
import { createReceiver } from './receiver.ts';
import { createLog, nowMs, secret, serverBody, signTimestamped, toBytes } from './testdata/deliveries.ts';

const url = 'https://example.com/webhooks/twenty';
const body = toBytes(JSON.stringify(serverBody('person.created', { note: 'é🚀' })));
const headers = signTimestamped(body);
const receiverOf = (options: Partial<ReceiverOptions> = {}) =>
  createReceiver({
    secret,
    now: () => nowMs,
    logger: createLog(),
    on: { '*': () => {} },
    ...options,
  } as ReceiverOptions);

async function answer(
  request: Request,
  options: Partial<ReceiverOptions> = {},
): Promise<[status: number, body: unknown]> {
  const response = await receiverOf(options).fetch(request);
  expect(response.headers.get('content-type')).toBe('application/json');
  return [response.status, await response.json()];
}

describe('fetch', () => {
  test('answers a genuine delivery', async () => {
    const id = expect.stringMatching(/^evt_/);
    expect(await answer(new Request(url, { method: 'POST', headers, body }))).toEqual([200, { status: 'handled', id }]);
  });

  test('takes a streamed body', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of body) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const request = new Request(url, { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit);
    expect((await answer(request))[0]).toBe(200);
  });

  test('answers another method with 405 and what is allowed', async () => {
    const response = await receiverOf().fetch(new Request(url));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toEqual({ error: 'METHOD_NOT_ALLOWED' });
  });

  test('answers HEAD without a body', async () => {
    const response = await receiverOf().fetch(new Request(url, { method: 'HEAD' }));
    expect([response.status, response.body, response.headers.get('allow')]).toEqual([405, null, 'POST']);
  });

  test('answers an empty body', async () => {
    expect(await answer(new Request(url, { method: 'POST', headers }))).toEqual([400, { error: 'BODY_EMPTY' }]);
  });

  test('refuses what is too large, by its header or by its bytes', async () => {
    const request = (more = {}) => new Request(url, { method: 'POST', headers: { ...headers, ...more }, body });
    const tooLarge = [413, { error: 'BODY_TOO_LARGE' }];
    expect(await answer(request(), { maxBodyBytes: 10 })).toEqual(tooLarge);
    expect(await answer(request({ 'content-length': '99999999' }), { maxBodyBytes: 5_000 })).toEqual(tooLarge);
  });

  test('a request that was read already is our failure, and says what to change', async () => {
    const request = new Request(url, { method: 'POST', headers, body });
    await request.text();
    const logger = createLog();
    expect(await answer(request, { logger })).toEqual([500, { error: 'BODY_ALREADY_PARSED' }]);
    expect(logger.errors).toEqual([[expect.stringMatching(/clone\(\)/)]]);
  });

  test('the secret function sees the full URL', async () => {
    const seen: string[] = [];
    const resolve = ({ url: one }: { url: string }) => {
      seen.push(one);
      return secret;
    };
    await answer(new Request(`${url}?tenant=7`, { method: 'POST', headers, body }), { secret: resolve as never });
    expect(seen).toEqual([`${url}?tenant=7`]);
  });
});
