import type { RequestListener } from 'node:http';
import { memoryInbox } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import express5 from 'express';
import express4 from 'express4';
import { expect, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

it.each([
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
])('%s: with an inbox the answer waits for no handler, and close does', async (_name, express) => {
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
  const server = await startTestServer(express().use(webhooks) as RequestListener);
  const delivery = signDelivery(sampleEvent('person.created'), { secret });
  for (const status of ['accepted', 'duplicate']) {
    const response = await fetch(`${server.origin}/webhooks/twenty`, { method: 'POST', ...delivery });
    expect([response.status, await response.json()]).toEqual([200, { status, id: expect.any(String) }]);
    order.push(status);
  }
  await server.close();
  const closed = webhooks.receiver.close().then(() => order.push('closed'));
  finish();
  await closed;
  expect(order).toEqual(['accepted', 'duplicate', 'handled in attempt 1', 'closed']);
});

it('with an inbox and no handlers it does not only verify: it answers', async () => {
  const secret = 'inbox';
  const webhooks = twentyWebhooks({ secret, inbox: memoryInbox(), work: false });
  const app = express5().use(webhooks);
  app.post('/webhooks/twenty', (_request, response) => void response.sendStatus(299));
  const server = await startTestServer(app as RequestListener);
  const delivery = signDelivery(sampleEvent('person.created'), { secret });
  const response = await fetch(`${server.origin}/webhooks/twenty`, { method: 'POST', ...delivery });
  expect([response.status, await response.json()]).toEqual([200, { status: 'ignored' }]);
  await server.close();
  await webhooks.receiver.close({ graceMs: 0 });
});
