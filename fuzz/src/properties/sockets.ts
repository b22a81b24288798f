import assert from 'node:assert/strict';
import type { RequestListener, Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type Receiver, toAnswer } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { twentyWebhooks as forExpress } from '@twenty-webhooks/express';
import { twentyWebhooks as forFastify } from '@twenty-webhooks/fastify';
import { twentyWebhooks as forHono } from '@twenty-webhooks/hono';
import { startTestServer, type TestServer } from '@twenty-webhooks/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { Choices } from '../choices.ts';
import { realCore } from '../core.ts';
import { joinedHeaders, nowMs, signedRequest } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import type { Property } from '../property.ts';
import { RawConnection } from '../raw-connection.ts';
import { pieces, sendable } from './chunks.ts';

/** Start a server with the receiver at `/webhooks/twenty`. */
export type StartServer = (receiver: Receiver) => Promise<TestServer>;

/**
 * The same bytes over a real connection to Node, Express, Fastify or Hono, in any pieces, with a length or chunked, get the
 * answer that they get in one piece.
 */
export function socketsProperty(starts: readonly StartServer[] = allServers): Property {
  let opened: Promise<{ receiver: Receiver; servers: TestServer[]; connections: RawConnection[] }> | undefined;

  async function open() {
    const receiver = realCore.createReceiver({
      secret: ['s1'],
      maxBodyBytes: 400,
      on: { '*': () => {} },
      idempotency: 'off',
      logger: silent,
      now: () => nowMs,
    });
    const servers = await Promise.all(starts.map((start) => start(receiver)));
    return { receiver, servers, connections: servers.map(({ origin }) => new RawConnection(origin)) };
  }

  return {
    name: 'sockets',
    weight: 4_000,
    maxScriptBytes: 200,
    testCases: 400,
    async check(choices) {
      opened ??= open();
      const { receiver, connections } = await opened;
      const connection = choices.pick(connections);
      const { body, headers } = signedRequest(choices, ['s1'], 300);
      const sent = sendable(joinedHeaders(headers));
      const expected = toAnswer(
        await receiver.receive({ method: 'POST', url: '/', headers: Object.fromEntries(sent), body }),
      );
      const parts = toParts(choices, sent, body);
      const answer = await connection.send(parts);
      assert.deepEqual(answer, { status: expected.status, body: expected.body });
    },
    async close() {
      const { servers, connections } = (await opened) ?? { servers: [], connections: [] };
      for (const connection of connections) connection.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function toParts(
  choices: Choices,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array<ArrayBuffer>,
): Uint8Array[] {
  const isChunked = choices.oneIn(2);
  const lines = [
    'POST /webhooks/twenty HTTP/1.1',
    'Host: localhost',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  lines.push(isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  if (!isChunked) return [...pieces(choices, new Uint8Array(head)), ...pieces(choices, body)];
  const chunks = pieces(choices, body).filter(({ length }) => length > 0);
  const coded = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  // The pieces of the connection are others than those of the encoding.
  return pieces(choices, new Uint8Array(Buffer.concat([head, ...coded, Buffer.from('0\r\n\r\n')])));
}

const path = '/webhooks/twenty';

const startNode: StartServer = (receiver) => startTestServer(toNodeHandler(receiver));

const startExpress: StartServer = (receiver) =>
  startTestServer(express().use(forExpress({ receiver, path })) as RequestListener);

const startFastify: StartServer = async (receiver) => {
  const app = fastify();
  app.register(forFastify, { receiver, path });
  await app.ready();
  const server = await startTestServer(app.server);
  return { origin: server.origin, close: () => server.close().then(() => app.close()) };
};

const startHono: StartServer = (receiver) => {
  const app = new Hono();
  app.post(path, forHono({ receiver }));
  return startTestServer(createAdaptorServer({ fetch: app.fetch }) as Server);
};

export const allServers: readonly StartServer[] = [startNode, startExpress, startFastify, startHono];
