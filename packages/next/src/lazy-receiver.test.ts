import { parseEvent } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { describe, expect, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

const secret = 'test';

function deliver(handler: ReturnType<typeof twentyWebhooks>, path: string, body: object): Promise<Response> {
  const delivery = signDelivery(body, { secret, format: 'server' });
  return handler(
    new Request(`http://localhost${path}`, { method: 'POST', ...delivery, body: delivery.body as BodyInit }),
  );
}

describe('a receiver in Next', () => {
  it('needs no secret before the first request', async () => {
    const handler = twentyWebhooks({ secret: '', on: { 'person.created': () => {} } });
    expect(handler.receiver).toBeUndefined();
    await expect(deliver(handler, '/a', {})).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('needs handlers at once', () => {
    expect(() => twentyWebhooks({ secret })).toThrow(expect.objectContaining({ code: 'HANDLERS_MISSING' }));
  });

  it('stays over a hot reload, remembers, and runs the new handlers', async () => {
    const ran: string[] = [];
    const load = (version: string) => twentyWebhooks({ secret, on: { 'person.created': () => ran.push(version) } });
    const before = load('old');
    const event = sampleEvent('person.created', { format: 'server' });
    expect(await (await deliver(before, '/b', event)).json()).toMatchObject({ status: 'handled' });
    const after = load('new');
    expect(await (await deliver(after, '/b', event)).json()).toMatchObject({ status: 'duplicate' });
    expect(
      await (await deliver(after, '/b', sampleEvent('person.created', { format: 'server' }))).json(),
    ).toMatchObject({
      status: 'handled',
    });
    expect(ran).toEqual(['old', 'new']);
    expect(after.receiver).toBe(before.receiver);
  });

  it('is another one for another route, and for other handlers', async () => {
    const event = sampleEvent('person.created', { format: 'server' });
    const first = twentyWebhooks({ secret, on: { 'person.created': () => {} } });
    const elsewhere = twentyWebhooks({ secret, on: { 'person.created': () => {} } });
    const changed = twentyWebhooks({ secret, on: { 'person.*': () => {} } });
    for (const [handler, path] of [
      [first, '/c'],
      [elsewhere, '/d'],
      [changed, '/c'],
    ] as const) {
      expect(await (await deliver(handler, path, event)).json()).toMatchObject({
        status: 'handled',
        id: (await parseEvent(new TextEncoder().encode(JSON.stringify(event)))).id,
      });
    }
  });
});
