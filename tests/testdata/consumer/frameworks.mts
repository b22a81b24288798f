// An app of each framework: its own types and ours in one program.
import { createReceiver } from '@twenty-webhooks/core';
import { twentyWebhooks as expressWebhooks } from '@twenty-webhooks/express';
import { twentyWebhooks as fastifyWebhooks } from '@twenty-webhooks/fastify';
import { twentyWebhooks as honoWebhooks } from '@twenty-webhooks/hono';
import { twentyWebhooks as nextWebhooks } from '@twenty-webhooks/next';
import { twentyWebhooks as pagesWebhooks } from '@twenty-webhooks/next/pages';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';

// A field of our own would be a field of every program that this file is in, so it is one that is there.
const nameOf = (record: { name?: { firstName?: string | null } | null } | null): string =>
  record?.name?.firstName ?? 'nobody';

const web = express();
web.use(expressWebhooks({ secret: 's', on: { 'person.created': ({ data }) => nameOf(data.attributes) } }));
web.post('/webhooks/twenty', expressWebhooks({ secret: 's' }), (request, response) => {
  response.json({ event: request.twenty?.event.event satisfies string | undefined });
  // @ts-expect-error: there is none where no middleware ran
  request.twenty.event;
});
// @ts-expect-error: no such action
expressWebhooks({ secret: 's', on: { 'person.creatd': () => {} } });
expressWebhooks({ receiver: createReceiver({ secret: 's', on: {} }), path: '/in' }).receiver.close();

const fastify = Fastify();
fastify.register(fastifyWebhooks, {
  prefix: '/api',
  secret: 's',
  on: { 'person.created': ({ data }) => nameOf(data.attributes) },
});
// @ts-expect-error: no such option
fastify.register(fastifyWebhooks, { secrets: 's', on: {} });

export const hono = new Hono()
  .post('/answered', honoWebhooks({ secret: 's', on: { 'person.*': ({ data }) => nameOf(data.attributes) } }))
  .post('/verified', honoWebhooks({ secret: 's' }), (context) => {
    // @ts-expect-error: no such variable
    context.var.sixty;
    return context.text(context.var.twenty.event.event satisfies string);
  });
// @ts-expect-error: no such option
honoWebhooks({ tolerance: 1 });

export const POST = nextWebhooks({ secret: 's', on: { 'person.created': ({ data }) => nameOf(data.attributes) } });
POST satisfies (request: Request) => Promise<Response>;
// @ts-expect-error: no such option
nextWebhooks({ tolerance: 10, on: {} });
export const api = pagesWebhooks({ secret: 's', on: { 'person.created': ({ data }) => nameOf(data.attributes) } });
api.receiver?.close();
