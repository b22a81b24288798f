import type { IncomingMessage, ServerResponse } from 'node:http';
import { isWebhookError } from '@twenty-webhooks/core';
import { nodeBody } from '@twenty-webhooks/core/node';
import { CommandError } from '../terminal/command-error.ts';
import { toDetail } from './delivery-detail.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { EventStream } from './event-stream.ts';
import { answerError, answerJson } from './inspector-answer.ts';
import type { InspectorInfo, ReplayRequest } from './inspector-api.ts';
import { toListed } from './listed.ts';
import { replayDelivery } from './replay-delivery.ts';
import { searchDeliveries } from './search-deliveries.ts';

/** What the API of the page works with. */
export interface ApiContext {
  readonly info: InspectorInfo;
  readonly origin: string;
  readonly store: DeliveryStore;
  readonly stream: EventStream;
  /** For what is signed anew. */
  readonly secret: string | undefined;
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
  /** Forget the deliveries, wherever they are kept, and tell the stream. */
  readonly clear: () => Promise<void>;
}

/** Answer a request to `/_inspector/…`; whether it may ask is decided already. */
export async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  context: ApiContext,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://inspector.invalid');
  const [, resource = '', id, verb] = url.pathname.slice(1).split('/');
  const route = routes[`${request.method} ${[resource, id && ':id', verb].filter(Boolean).join('/')}`];
  if (route === undefined) return answerError(response, 404, 'ROUTE_UNKNOWN', 'The inspector has nothing here');
  try {
    const body = await route({
      request,
      response,
      query: url.searchParams,
      id: /^[1-9]\d{0,14}$/.test(id ?? '') ? Number(id) : 0,
      ...context,
    });
    if (body !== undefined) answerJson(response, 200, body);
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof CommandError)) throw error;
    answerError(response, error instanceof RequestError ? error.status : 400, error.code, error.message);
  }
}

interface Call extends ApiContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** 0: none. */
  readonly id: number;
}

/** Each gives what is answered as JSON; `undefined` where it answers itself. */
const routes: Readonly<Record<string, (call: Call) => Promise<object | undefined>>> = {
  'GET info': async ({ info }) => info,
  'GET deliveries': async ({ store, query }) => ({
    deliveries: store
      .list({
        before: wholeNumber(query, 'before', Number.MAX_SAFE_INTEGER),
        limit: wholeNumber(query, 'limit', maxListed, defaultListed),
      })
      .map(toListed),
    total: store.count(),
  }),
  'GET deliveries/:id': async ({ store, id, origin }) => toDetail(find(store, id), store, origin),
  'GET search': async ({ store, query, request, response, signal }) => {
    // Nobody reads the result of a search that was typed over.
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (request.destroyed) gone.abort();
    return { ids: await searchDeliveries(store, query.get('text') ?? '', AbortSignal.any([gone.signal, signal])) };
  },
  'POST deliveries/:id/replay': async ({ store, id, request, secret, signal }) => {
    const asked = await readReplay(request);
    return replayDelivery(find(store, id), asked, { secret, signal });
  },
  'DELETE deliveries': async ({ clear }) => {
    await clear().catch((cause: { readonly errcode?: number }) => {
      if (cause.errcode !== sqliteFull) throw cause;
      throw new RequestError(507, 'DISK_FULL', 'The disk is full, and even forgetting needs a little room: make some');
    });
    return {};
  },
  'GET stream': async ({ stream, response }) => void stream.open(response),
};

function find(store: DeliveryStore, id: number) {
  const delivery = store.get(id);
  if (delivery === undefined) throw new RequestError(404, 'DELIVERY_UNKNOWN', 'There is no such delivery, or no more');
  return delivery;
}

function wholeNumber(query: URLSearchParams, name: string, max: number, fallback: number = max): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= max) return value;
  throw new RequestError(400, 'PARAMETER_INVALID', `"${name}" must be a whole number from 1 to ${max}`);
}

async function readReplay(request: IncomingMessage): Promise<ReplayRequest> {
  // A form of another page cannot send this type without asking first.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'CONTENT_TYPE_UNSUPPORTED', 'content-type must be application/json');
  }
  const asked = parseReplay(await readText(request));
  if (asked === undefined) {
    throw new RequestError(400, 'REQUEST_INVALID', 'The body must be { "url": "…", "sign": "original" or "fresh" }');
  }
  return asked;
}

async function readText(request: IncomingMessage): Promise<string> {
  const body = nodeBody(request);
  try {
    return new TextDecoder().decode(
      body instanceof Uint8Array ? body : await body({ maxBytes: 65_536, timeoutMs: 10_000 }),
    );
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    throw new RequestError(400, error.code, error.message);
  }
}

function parseReplay(text: string): ReplayRequest | undefined {
  try {
    const { url, sign } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return typeof url === 'string' && (sign === 'original' || sign === 'fresh') ? { url, sign } : undefined;
  } catch {
    return undefined;
  }
}

class RequestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const sqliteFull = 13;
const maxListed = 10_000;
const defaultListed = 1_000;
