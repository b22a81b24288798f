import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { memoryInbox } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

it('with an inbox the answer waits for no handler, and close does', async () => {
  const secret = 'inbox';
  const order: string[] = [];
  let finish = (): void => {};
  const webhooks = twentyWebhooks({
    secret,
    inbox: memoryInbox(),
    on: {
      'person.created': async (_event, { attempt }) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        order.push(`handled in attempt ${attempt}`);
      },
    },
  });
  const app = new Hono().post('/webhooks/twenty', webhooks);
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/twenty`;
  const delivery = signDelivery(sampleEvent('person.created'), { secret });
  for (const status of ['accepted', 'duplicate']) {
    const response = await fetch(url, { method: 'POST', ...delivery });
    expect([response.status, await response.json()]).toEqual([200, { status, id: expect.any(String) }]);
    order.push(status);
  }
  await new Promise((resolve) => server.close(resolve));
  const closed = webhooks.receiver.close().then(() => order.push('closed'));
  finish();
  await closed;
  expect(order).toEqual(['accepted', 'duplicate', 'handled in attempt 1', 'closed']);
});
