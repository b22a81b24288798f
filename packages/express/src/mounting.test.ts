import type { RequestListener } from 'node:http';
import { createReceiver } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery, startTestServer, type TestServer } from '@twenty-webhooks/testing';
import express5, { type Express, type Router } from 'express';
import express4 from 'express4';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

const secret = 'mounting';
const on = { 'person.created': () => {} };
const logger = { warn() {}, error() {} };
const options = { secret, on, logger };

let server: TestServer | undefined;
afterEach(() => server?.close());

describe.each([
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
])('%s', (_name, express) => {
  /** The status of a genuine delivery to a path; 404 if nobody there wants it. */
  async function post(app: Express, path: string, method = 'POST'): Promise<number> {
    server = await startTestServer(app as RequestListener);
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    const response = await fetch(server.origin + path, { method, headers, ...(method === 'POST' && { body }) });
    return response.status;
  }

  it.each([
    ['/webhooks/twenty', 200],
    ['/webhooks/twenty/', 200],
    ['/webhooks/twenty?a=b', 200],
    ['/webhooks/twenty/x', 404],
    ['/webhooks', 404],
    ['/', 404],
  ])('app.use without a path answers %s with %i', async (path, status) => {
    expect(await post(express().use(twentyWebhooks(options)), path)).toBe(status);
  });

  it.each([
    ['/hooks', 200],
    ['/hooks/', 200],
    ['/webhooks/twenty', 404],
  ])('app.use with the path /hooks answers %s with %i', async (path, status) => {
    expect(await post(express().use(twentyWebhooks({ ...options, path: '/hooks' })), path)).toBe(status);
  });

  it.each([
    ['/api', 200],
    ['/api/', 200],
    ['/api/webhooks/twenty', 200],
    ['/api/other', 404],
  ])('mounted at /api it answers %s with %i', async (path, status) => {
    expect(await post(express().use('/api', twentyWebhooks(options)), path)).toBe(status);
  });

  it('mounted at /api with a path, it answers at that path below the mount only', async () => {
    const app = (): Express => express().use('/api', twentyWebhooks({ ...options, path: '/in' }));
    expect(await post(app(), '/api/in')).toBe(200);
    await server?.close();
    expect(await post(app(), '/api')).toBe(404);
  });

  it('answers as the handler of a route, in an app and in a router', async () => {
    expect(await post(express().post('/anywhere', twentyWebhooks(options)), '/anywhere')).toBe(200);
    await server?.close();
    const router = express.Router() as Router;
    router.post('/deep', twentyWebhooks(options));
    expect(await post(express().use('/router', router), '/router/deep')).toBe(200);
  });

  it('does not take an earlier route for its own', async () => {
    const app = express();
    app.post('/earlier', (_request, _response, next) => next());
    app.use(twentyWebhooks(options));
    expect(await post(app, '/earlier')).toBe(404);
  });

  it('says 405 for another method at its path, and nothing elsewhere', async () => {
    expect(await post(express().use(twentyWebhooks(options)), '/webhooks/twenty', 'GET')).toBe(405);
    await server?.close();
    expect(await post(express().use(twentyWebhooks(options)), '/', 'GET')).toBe(404);
  });

  it('hands a programming error to next', async () => {
    const receiver = { ...createReceiver(options), receive: () => Promise.reject(new Error('broken')) };
    const app = express().use(twentyWebhooks({ receiver }));
    const seen = vi.fn();
    app.use((error: Error, _request: unknown, response: { status(code: number): { end(): void } }, _next: unknown) => {
      seen(error.message);
      response.status(599).end();
    });
    expect(await post(app, '/webhooks/twenty')).toBe(599);
    expect(seen).toHaveBeenCalledExactlyOnceWith('broken');
  });

  it('only verifies without handlers, and lets duplicates through', async () => {
    const seen: unknown[] = [];
    const app = express().post('/in', twentyWebhooks({ secret, logger }), (request, response) => {
      seen.push(request.twenty?.event.event, request.twenty?.delivery.scheme);
      response.status(201).end();
    });
    server = await startTestServer(app as RequestListener);
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    for (let time = 0; time < 2; time++) {
      expect((await fetch(`${server.origin}/in`, { method: 'POST', headers, body })).status).toBe(201);
    }
    expect((await fetch(`${server.origin}/in`, { method: 'POST', body })).status).toBe(401);
    expect(seen).toEqual(['person.created', 'timestamped', 'person.created', 'timestamped']);
  });

  it('carries its receiver, made or given', () => {
    expect(twentyWebhooks(options).receiver.isVerifyOnly).toBe(false);
    const receiver = createReceiver(options);
    expect(twentyWebhooks({ receiver }).receiver).toBe(receiver);
  });
});
