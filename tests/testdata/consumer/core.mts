// What a project does with core, the inboxes and the test tools: everything here must be inferred, or refused, in every TypeScript.
import { createServer } from 'node:http';
import {
  amountOf,
  createReceiver,
  type IdempotencyStore,
  type Inbox,
  isWebhookError,
  memoryInbox,
  type Outcome,
  parseEvent,
  type Receiver,
  type TwentyEvent,
  toAnswer,
  verifySignature,
} from '@twenty-webhooks/core';
import { nodeBody, toNodeHandler, writeAnswer } from '@twenty-webhooks/core/node';
import { migrate, postgresInbox, postgresStore, type SqlClient, sql } from '@twenty-webhooks/postgres';
import { redisInbox, redisStore } from '@twenty-webhooks/redis';
import { sqliteInbox, sqliteStore } from '@twenty-webhooks/sqlite';
import { goldenVectors, inboxCases, sampleEvent, signDelivery, startTwentySimulator } from '@twenty-webhooks/testing';

declare module '@twenty-webhooks/core' {
  interface TwentyObjects {
    consumerRocket: { thrust?: number };
  }
  interface PersonRecord {
    consumerColour?: string;
  }
}

/** Whether two types are the same; `any` is the same as nothing but itself. */
type Same<TLeft, TRight> = (<T>() => T extends TLeft ? 1 : 2) extends <T>() => T extends TRight ? 1 : 2 ? true : false;
const is = <_TSame extends true>(): void => {};

export const receiver = createReceiver({
  secret: ['new', 'old'],
  on: {
    'person.created': ({ event, data }, { attempt, signal }) => {
      is<Same<typeof event, 'person.created'>>();
      is<Same<typeof attempt, number>>();
      is<Same<typeof signal, AbortSignal>>();
      const name = data.attributes?.name?.firstName;
      is<Same<typeof name, string | null | undefined>>();
      const colour = data.attributes?.consumerColour;
      is<Same<typeof colour, string | undefined>>();
      // @ts-expect-error: attributes may be null
      data.attributes.name;
      // @ts-expect-error: no such field
      data.attributes?.favouriteColour;
    },
    'consumerRocket.*': ({ data, action }) => {
      is<Same<typeof data.attributes, { thrust?: number } | null>>();
      is<Same<typeof action, 'created' | 'updated' | 'deleted' | 'destroyed' | 'restored'>>();
    },
    'opportunity.updated': ({ data }) => {
      const micros = amountOf(data.attributes?.amount)?.micros;
      is<Same<typeof micros, bigint | undefined>>();
      is<Same<typeof data.updatedFields, readonly string[]>>();
    },
    'company.*': ({ data }) => is<Same<typeof data.object, 'company'>>(),
    'metadata.view.*': ({ kind }) => is<Same<typeof kind, 'metadata'>>(),
    '*': (event) => is<Same<typeof event, TwentyEvent>>(),
  },
});
receiver satisfies Receiver;
receiver.on('task.updated', { fields: ['status'], name: 'done' }, ({ data }) => void data.attributes?.status);
// @ts-expect-error: no such action
receiver.on('person.made', () => {});
// @ts-expect-error: no such option
createReceiver({ secrets: 's', on: {} });
// @ts-expect-error: a text, not a number
createReceiver({ secret: 1, on: {} });
// A variable of type Receiver takes it, whatever its handlers.
export const plain: Receiver = createReceiver({ secret: 's', on: { '*': ({ id }) => id } });

export const textOf = (outcome: Outcome): string => {
  if (outcome.status === 'rejected') {
    // @ts-expect-error: a rejection has no event
    outcome.event;
    return outcome.code satisfies string;
  }
  is<Same<ReturnType<typeof toAnswer>['status'], number>>();
  return toAnswer(outcome).body;
};

createServer(toNodeHandler(receiver));
createServer((request, response) => {
  const { method = '', url = '', headers } = request;
  receiver
    .receive({ method, url, headers, body: nodeBody(request) })
    .then((outcome) => writeAnswer(response, toAnswer(outcome)))
    .catch((error: unknown) => isWebhookError(error) && (error.code satisfies string));
});
createReceiver({
  secret: async ({ headers, url }) => {
    is<Same<typeof url, string>>();
    return [String(headers), url];
  },
  on: {},
}).close({ graceMs: 0 }) satisfies Promise<void>;
is<Same<typeof receiver.fetch extends (request: Request) => infer TAnswer ? TAnswer : never, Promise<Response>>>();

const inboxes = {
  memory: memoryInbox({ concurrency: 2 }),
  sqlite: sqliteInbox('types.sqlite', { concurrency: 2 }),
  redis: redisInbox({ connection: { host: '127.0.0.1', port: 6379 }, concurrency: 2 }),
  postgres: postgresInbox({ connectionString: 'postgres://localhost/app', concurrency: 2 }),
};
Object.values(inboxes) satisfies readonly Inbox[];
for (const { inspection } of Object.values(inboxes)) inspection.counts().then(({ dead }) => dead satisfies number);
inboxes.redis.ready() satisfies Promise<void>;
inboxes.postgres.ready() satisfies Promise<void>;
createReceiver({ secret: 's', inbox: inboxes.sqlite, retry: { attempts: 3 }, work: false, on: {} });
[
  sqliteStore('types.sqlite'),
  redisStore({ connection: 'redis://127.0.0.1:6379' }),
  postgresStore({ connectionString: 'postgres://localhost/app' }),
] satisfies readonly IdempotencyStore[];
const client: SqlClient = { query: async () => ({ rows: [] }) };
migrate(client) satisfies Promise<void>;
sql satisfies string;
// @ts-expect-error: a connection is needed
redisInbox({ concurrency: 2 });
// @ts-expect-error: no such option
postgresInbox({ connectionStrings: 'postgres://localhost/app' });
// @ts-expect-error: an inbox is made by sqliteInbox
createReceiver({ secret: 's', inbox: 'inbox.sqlite', on: {} });

const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's', format: 'envelope' });
is<Same<typeof headers, Readonly<Record<string, string>>>>();
body satisfies Uint8Array;
fetch('http://127.0.0.1/', { method: 'POST', headers, body }) satisfies Promise<Response>;
parseEvent(body) satisfies Promise<TwentyEvent>;
verifySignature(body, headers, { secret: 's' }) satisfies Promise<unknown>;
goldenVectors().map(({ expected }) => expected satisfies string);
inboxCases satisfies (...options: never[]) => readonly { readonly name: string }[];
startTwentySimulator({ target: 'http://127.0.0.1/', secret: 's' }).then(({ close }) => close() satisfies Promise<void>);
// @ts-expect-error: no such format
signDelivery('{}', { secret: 's', format: 'guide' });
