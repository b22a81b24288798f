import { createReceiver } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

const secret = 'mounting';
const on = { 'person.created': () => {} };
const logs: string[] = [];
const logger = { warn: (line: string) => logs.push(line), error: (line: string) => logs.push(line) };

async function post(app: Pick<Hono, 'request'>, path: string): Promise<{ status: number; text: string }> {
  const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
  const response = await app.request(path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

describe('the Hono handler', () => {
  it('answers on its route, without any server', async () => {
    const app = new Hono().post('/in', twentyWebhooks({ secret, on, logger }));
    expect((await post(app, '/in')).status).toBe(200);
  });

  it('with app.use and a path it answers there and passes the rest on', async () => {
    const app = new Hono()
      .use(twentyWebhooks({ secret, on, logger, path: '/in' }))
      .all('*', (c) => c.text('other', 299 as 200));
    expect((await post(app, '/in')).status).toBe(200);
    expect((await post(app, '/elsewhere')).status).toBe(299);
  });

  it('only verifies without handlers', async () => {
    const app = new Hono();
    app.post('/in', twentyWebhooks({ secret, logger }), (c) => c.text(c.var.twenty.event.event));
    expect(await post(app, '/in')).toEqual({ status: 200, text: 'person.created' });
    expect((await app.request('/in', { method: 'POST', body: '{}' })).status).toBe(401);
  });

  it.each(['text', 'json', 'blob', 'formData'] as const)(
    'says what to change if c.req.%s() came first',
    async (read) => {
      logs.length = 0;
      const app = new Hono();
      app.use(async (c, next) => {
        const reading: Promise<unknown> = c.req[read]();
        await reading.catch(() => {});
        await next();
      });
      app.post('/in', twentyWebhooks({ secret, on, logger }));
      expect(await post(app, '/in')).toEqual({ status: 500, text: '{"error":"BODY_ALREADY_PARSED"}' });
      expect(logs).toEqual([expect.stringContaining('Mount twentyWebhooks() before')]);
    },
  );

  it('carries its receiver, made or given', () => {
    const receiver = createReceiver({ secret, on });
    expect(twentyWebhooks({ receiver }).receiver).toBe(receiver);
    expect(twentyWebhooks({ secret, on }).receiver.isVerifyOnly).toBe(false);
  });
});
