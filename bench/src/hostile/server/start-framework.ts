import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { createReceiver, type ReceiverOptions } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { twentyWebhooks as forExpress } from '@twenty-webhooks/express';
import { twentyWebhooks as forFastify } from '@twenty-webhooks/fastify';
import { twentyWebhooks as forHono } from '@twenty-webhooks/hono';
import { twentyWebhooks as forNext } from '@twenty-webhooks/next';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { path } from '../../http/running-server.ts';
import { createWebServer } from '../../http/web-server.ts';
import type { Framework, NodeLimits } from './server-order.ts';

/** Let the quick start of a framework listen on a free port. */
export async function startFramework(
  framework: Framework,
  options: ReceiverOptions,
  node: NodeLimits = {},
): Promise<Server> {
  const server = await make[framework](options, node);
  // Node looks after its time limits by an interval that starts with `listen`.
  Object.assign(server, node);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

type Make = (options: ReceiverOptions, node: NodeLimits) => Server | Promise<Server>;

const make: Readonly<Record<Framework, Make>> = {
  express: (options, node) => createServer(node, express().use(forExpress(options)).use(express.json())),
  async fastify(options, node) {
    // The quick start's `logger: true` is a line for each request, by Fastify; here are those of the receiver counted.
    const app = Fastify({ logger: { level: 'warn' }, ...(Object.keys(node).length > 0 && { http: node }) });
    app.register(forFastify, options);
    await app.ready();
    return app.server;
  },
  hono(options, serverOptions) {
    const { fetch } = new Hono().post(path, forHono(options));
    return createAdaptorServer({ fetch, serverOptions }) as Server;
  },
  next(options, node) {
    const route = createWebServer(forNext(options));
    // Next itself answers methods that a route does not export.
    return createServer(node, (request, response) => {
      if (request.method === 'POST') route.emit('request', request, response);
      else response.writeHead(405).end();
    });
  },
  node: (options, node) => createServer(node, toNodeHandler(createReceiver(options))),
  // Whoever comes is believed, and may take as long and send as much as they like.
  'no limits': () =>
    createServer({ requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      request.resume().once('end', () => response.end('{"status":"accepted"}'));
    }),
};
