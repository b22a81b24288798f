// A worker on the edge: no types of Node, no DOM.
import { createReceiver, memoryStore, type PersonRecord } from '@twenty-webhooks/core';
import { twentyWebhooks as honoWebhooks } from '@twenty-webhooks/hono';
import { twentyWebhooks as nextWebhooks } from '@twenty-webhooks/next';
import { Hono } from 'hono';

const receiver = createReceiver({
  secret: 's',
  idempotency: memoryStore(),
  on: { 'person.created': ({ data }) => void (data.attributes satisfies PersonRecord | null) },
});
export const worker = { fetch: (request: Request): Promise<Response> => receiver.fetch(request) };
export const hono = new Hono().post('/webhooks/twenty', honoWebhooks({ receiver }));
export const POST = nextWebhooks({ receiver });
POST satisfies (request: Request) => Promise<Response>;
// @ts-expect-error: no such field
receiver.on('person.updated', ({ data }) => data.attributes?.thirdName);
// @ts-expect-error: no such action
receiver.on('person.made', () => {});
