import { Writable } from 'node:stream';
import { createReceiver } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

const secret = 'plugin';
const on = { 'person.created': () => {} };

let app: FastifyInstance;
afterEach(() => app.close());

function post(url: string, signedWith = secret): Promise<{ statusCode: number; body: string }> {
  const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: signedWith });
  return app.inject({ method: 'POST', url, headers, payload: Buffer.from(body) });
}

describe('the Fastify plugin', () => {
  it('leaves prefix and log level to Fastify', async () => {
    app = Fastify();
    app.register(twentyWebhooks, { secret, on, prefix: '/api', logLevel: 'warn' });
    expect((await post('/api/webhooks/twenty')).statusCode).toBe(200);
    expect((await post('/webhooks/twenty')).statusCode).toBe(404);
  });

  it('listens at its path', async () => {
    app = Fastify();
    app.register(twentyWebhooks, { secret, on, path: '/hooks' });
    expect((await post('/hooks')).statusCode).toBe(200);
    expect((await post('/webhooks/twenty')).statusCode).toBe(404);
  });

  it('types its handlers by their patterns', async () => {
    const names: unknown[] = [];
    app = Fastify();
    app.register(twentyWebhooks, { secret, on: { 'person.created': ({ data }) => names.push(data.attributes?.name) } });
    await post('/webhooks/twenty');
    expect(names).toEqual([expect.objectContaining({ firstName: expect.any(String) })]);
  });

  it('does not start without handlers', async () => {
    app = Fastify();
    app.register(twentyWebhooks, { secret });
    await expect(app.ready()).rejects.toMatchObject({ code: 'HANDLERS_MISSING' });
  });

  it('does not start without a secret', async () => {
    app = Fastify();
    app.register(twentyWebhooks, { secret: '', on });
    await expect(app.ready()).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('writes to the log of the app', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    app = Fastify({ logger: { level: 'warn', stream } });
    const broken = { 'person.created': () => Promise.reject(new Error('broken handler')) };
    app.register(twentyWebhooks, { secret, on: broken });
    expect((await post('/webhooks/twenty', 'wrong')).statusCode).toBe(401);
    expect((await post('/webhooks/twenty')).statusCode).toBe(500);
    const [refused, failed] = lines.map((line) => JSON.parse(line));
    expect(refused).toMatchObject({ level: 40, msg: expect.stringContaining('SIGNATURE_MISMATCH') });
    expect(failed).toMatchObject({ level: 50, err: { message: 'broken handler' } });
    expect(lines).toHaveLength(2);
  });

  it('lets hooks of the app run, and keeps their headers', async () => {
    app = Fastify();
    app.addHook('onSend', async (_request, reply) => void reply.header('x-app', 'yes'));
    app.register(twentyWebhooks, { secret, on });
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    const reply = await app.inject({ method: 'POST', url: '/webhooks/twenty', headers, payload: Buffer.from(body) });
    expect(reply.headers['x-app']).toBe('yes');
  });

  it('closes a receiver of its own with the app, and leaves a given one to its maker', async () => {
    const aborted = vi.fn();
    const hanging = {
      'person.created': (_event: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            aborted();
            resolve();
          });
        }),
    };
    const logger = { warn() {}, error() {} };
    app = Fastify();
    const given = createReceiver({ secret, on, logger });
    const close = vi.spyOn(given, 'close');
    app.register(twentyWebhooks, { receiver: given, path: '/given' });
    app.register(twentyWebhooks, { secret, on: hanging, logger, path: '/own', handlerTimeoutMs: 50 });
    expect((await post('/own')).statusCode).toBe(503);
    await app.close();
    expect(aborted).toHaveBeenCalledOnce();
    expect(close).not.toHaveBeenCalled();
  });
});
