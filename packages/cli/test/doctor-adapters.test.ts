import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { createReceiver, type Inbox, type ReceiverOptions } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { twentyWebhooks as expressWebhooks } from '@twenty-webhooks/express';
import { twentyWebhooks as fastifyWebhooks } from '@twenty-webhooks/fastify';
import { twentyWebhooks as honoWebhooks } from '@twenty-webhooks/hono';
import { twentyWebhooks as nextWebhooks } from '@twenty-webhooks/next';
import { twentyWebhooks as nextPagesWebhooks } from '@twenty-webhooks/next/pages';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examine } from './broken-endpoints/examine.ts';
import { secret } from './broken-endpoints/right-endpoint.ts';

const logger = { warn() {}, error() {} };
type Options = ReceiverOptions & { readonly on: object };

/** Every way in which this project receives, as a server; `close` is for what does not close with that. */
const adapters: { readonly [name: string]: (options: Options) => Server | Promise<Server> } = {
  Express(options) {
    const webhooks = expressWebhooks(options);
    onTestFinished(() => webhooks.receiver.close({ graceMs: 0 }));
    return createServer(express().use(webhooks) as RequestListener);
  },
  async Fastify(options) {
    const app = Fastify();
    app.register(fastifyWebhooks, { ...options });
    await app.ready();
    onTestFinished(() => app.close());
    return app.server;
  },
  Hono(options) {
    const webhooks = honoWebhooks(options);
    onTestFinished(() => webhooks.receiver.close({ graceMs: 0 }));
    return createAdaptorServer({ fetch: new Hono().post('/webhooks/twenty', webhooks).fetch }) as Server;
  },
  'Next, App Router'(options) {
    const POST = nextWebhooks({ ...options, path: freshPath() });
    onTestFinished(() => POST.receiver?.close({ graceMs: 0 }));
    // Next answers other methods itself.
    return createAdaptorServer({
      fetch: (request) => (request.method === 'POST' ? POST(request) : new Response(null, { status: 405 })),
    }) as Server;
  },
  'Next, Pages Router'(options) {
    const handle = nextPagesWebhooks({ ...options, path: freshPath() });
    onTestFinished(() => handle.receiver?.close({ graceMs: 0 }));
    return createServer((request, response) => void handle(request, response));
  },
  toNodeHandler: (options) => createServer(toNodeHandler(receiverOf(options))),
  'receiver.fetch': (options) => createAdaptorServer({ fetch: receiverOf(options).fetch }) as Server,
};

function receiverOf(options: Options) {
  const receiver = createReceiver(options);
  onTestFinished(() => receiver.close({ graceMs: 0 }));
  return receiver;
}

let paths = 0;
/** Next's receivers are kept by it. */
const freshPath = (): string => `/doctor-${paths++}`;

function inboxFile(): Inbox {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return sqliteInbox(join(folder, 'inbox.db'));
}

const kinds: readonly (readonly [what: string, options: () => Pick<Options, 'on' | 'inbox'>])[] = [
  ['inline, all events', () => ({ on: { '*': () => {} } })],
  ['inline, persons only', () => ({ on: { 'person.*': () => {} } })],
  ['with an inbox, all events', () => ({ on: { '*': () => {} }, inbox: inboxFile() })],
  ['with an inbox, persons only', () => ({ on: { 'person.*': () => {} }, inbox: inboxFile() })],
];

describe.each(Object.entries(adapters))('%s is healthy', (_name, create) => {
  // At the same time: each waits for a moment before its last probe.
  it('inline and with an inbox, for all events and for persons only', async () => {
    const examined = kinds.map(async ([what, options]) => {
      const { json, exitCode, probe } = await examine(await create({ secret, logger, ...options() }));
      expect(json.probes.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
      expect(json).toMatchObject({ healthy: true, faults: [], warnings: [] });
      // On a machine that is busy answers may take so long that a run is cut short, and has no last probe.
      expect(json.probes).toHaveLength(json.isCutShort ? 32 : 33);
      expect(probe('duplicate')?.twenty).toBe('delivered, and known again');
      expect(probe('rerun')?.twenty).toBe('delivered, and known again');
      expect(probe('same-nonce')?.twenty).toBe('delivered, as a new event');
      expect(exitCode).toBe(0);
      return what;
    });
    expect(await Promise.all(examined)).toHaveLength(kinds.length);
  });
});
