import { createReceiver, memoryInbox } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

const secret = 'inbox';
const delivery = signDelivery(sampleEvent('person.created'), { secret });

it('with an inbox the answer waits for no handler; the app closes it, and waits for them', async () => {
  const order: string[] = [];
  let finish = (): void => {};
  const inbox = memoryInbox();
  const app = Fastify();
  app.register(twentyWebhooks, {
    secret,
    inbox,
    on: {
      'person.created': async (_event, { attempt }) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        order.push(`handled in attempt ${attempt}`);
      },
    },
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  for (const status of ['accepted', 'duplicate']) {
    const response = await fetch(`${origin}/webhooks/twenty`, { method: 'POST', ...delivery });
    expect([response.status, await response.json()]).toEqual([200, { status, id: expect.any(String) }]);
    order.push(status);
  }
  const closed = app.close().then(() => order.push('closed'));
  finish();
  await closed;
  expect(order).toEqual(['accepted', 'duplicate', 'handled in attempt 1', 'closed']);
  // What is closed takes nothing more.
  await expect(inbox.inspection.purge()).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
});

it('leaves the inbox of a given receiver to its maker', async () => {
  const inbox = memoryInbox();
  const receiver = createReceiver({ secret, inbox, on: { 'person.created': () => {} } });
  const app = Fastify();
  app.register(twentyWebhooks, { receiver });
  await app.ready();
  await app.close();
  expect(await inbox.inspection.purge()).toBe(0);
  await receiver.close({ graceMs: 0 });
});
