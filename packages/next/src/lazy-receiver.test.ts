import { memoryInbox, parseEvent } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { describe, expect, it, vi } from 'vitest';
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

  it('with an inbox does not only verify, so it needs no handlers', async () => {
    const handler = twentyWebhooks({ secret, inbox: memoryInbox() });
    const event = sampleEvent('person.created', { format: 'server' });
    expect(await (await deliver(handler, '/no-handlers', event)).json()).toMatchObject({ status: 'ignored' });
    await handler.receiver?.close({ graceMs: 0 });
  });

  it('opens its inbox once: neither before it is needed nor by a hot reload', async () => {
    const open = vi.fn(() => memoryInbox());
    const ran: string[] = [];
    const load = (version: string) =>
      twentyWebhooks({ secret, inbox: open, on: { 'person.created': () => ran.push(version) } });
    const before = load('old');
    expect(open).not.toHaveBeenCalled();
    const event = sampleEvent('person.created', { format: 'server' });
    expect(await (await deliver(before, '/with-inbox', event)).json()).toMatchObject({ status: 'accepted' });
    await expect.poll(() => ran).toEqual(['old']);
    const after = load('new');
    expect(await (await deliver(after, '/with-inbox', event)).json()).toMatchObject({ status: 'duplicate' });
    await deliver(after, '/with-inbox', sampleEvent('person.created', { format: 'server' }));
    await expect.poll(() => ran).toEqual(['old', 'new']);
    expect(open).toHaveBeenCalledOnce();
    await after.receiver?.close({ graceMs: 0 });
  });

  it('is made by start, too, and is that of the usual path', async () => {
    const handler = twentyWebhooks({ secret, on: { 'person.created': () => {} } });
    const receiver = handler.start();
    await deliver(handler, '/webhooks/twenty', sampleEvent('person.created', { format: 'server' }));
    expect(handler.receiver).toBe(receiver);
    const loadedAgain = twentyWebhooks({ secret, on: { 'person.created': () => {} } });
    await deliver(loadedAgain, '/webhooks/twenty', sampleEvent('person.created', { format: 'server' }));
    expect(loadedAgain.receiver).toBe(receiver);
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
