import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isValidBlocks, type JsonObject } from './block-kit.ts';
import { Channel, type SlackMessage } from './slack-channel.ts';
import { servePage } from './slack-page.ts';

export type { JsonObject, SlackMessage };

export interface SlackStandInOptions {
  /** On 127.0.0.1. @default 0: a free one */
  readonly port?: number | undefined;
  /** @default a random one */
  readonly token?: string | undefined;
  /** Ids of channels that the app is a member of. @default ['C0STANDIN'] */
  readonly channels?: readonly string[] | undefined;
  /** Of what faults happen by chance, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** What goes wrong. Without a member nothing does. */
export interface SlackFaults {
  /** Share (0 to 1) of calls that do nothing and answer 500, or `internal_error`. */
  readonly failing?: number;
  /** Share of posts that are posted, and then answered with 500, or hung up on. */
  readonly lostAnswers?: number;
  /** Nobody answers: connections are cut. */
  readonly down?: boolean;
  /** Messages a second for each channel; more are a 429 with `Retry-After`, in whole seconds. */
  readonly rateLimit?: number;
  /** How late the answer to what was done goes out. */
  readonly slowMs?: number;
  /** Errors by method: `{ 'chat.postMessage': 'is_archived' }`. */
  readonly refuse?: Readonly<Record<string, string>>;
}

export interface SlackStandIn {
  /** Of the page that shows the messages; `/messages` has them as JSON. */
  readonly origin: string;
  /** What the client takes as `slackApiUrl`. */
  readonly apiUrl: string;
  readonly token: string;
  /** The first of `channels`. */
  readonly channel: string;
  /** Oldest first. */
  readonly messages: readonly SlackMessage[];
  /** How often each method was called, with whatever result. */
  readonly calls: Readonly<Record<string, number>>;
  /** Replaces the faults. */
  setFaults(faults: SlackFaults): void;
  close(): Promise<void>;
}

/** Start a server that answers as Slack's Web API does, as far as this app uses it, and shows what was posted on a page. */
export async function startSlackStandIn(options: SlackStandInOptions = {}): Promise<SlackStandIn> {
  const { port = 0, token = `xoxb-${randomUUID()}`, channels = ['C0STANDIN'], random = Math.random } = options;
  const all = new Map(channels.map((id) => [id, new Channel(id)]));
  const messages: SlackMessage[] = [];
  const calls: Record<string, number> = {};
  let faults: SlackFaults = {};
  const happens = (share = 0): boolean => random() < share;

  const server = createServer((request, response) => {
    // No `new URL`: it throws for some paths, such as `//`.
    const [pathname = '/'] = (request.url ?? '/').split('?');
    const method = pathname.startsWith('/api/') ? pathname.slice('/api/'.length) : undefined;
    if (method === undefined) servePage(pathname, messages, response);
    else void answer(method, request, response).catch(() => response.destroy());
  });

  async function answer(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls[method] = (calls[method] ?? 0) + 1;
    if (faults.down) {
      request.socket.destroy();
      return;
    }
    const fields = await readFields(request);
    if (happens(faults.failing)) {
      if (random() < 0.5) response.writeHead(500).end('Internal Server Error');
      else send(response, { ok: false, error: 'internal_error' });
      return;
    }
    const result = run(method, fields, request.headers.authorization);
    if ('retryAfter' in result) {
      response.setHeader('retry-after', String(result.retryAfter));
      send(response, { ok: false, error: 'ratelimited' }, 429);
      return;
    }
    if (faults.slowMs) await sleep(faults.slowMs, undefined, { ref: false });
    if (method !== 'chat.postMessage' || result.ok !== true || !happens(faults.lostAnswers)) send(response, result);
    else if (random() < 0.5) response.writeHead(500).end('Internal Server Error');
    else request.socket.destroy();
  }

  function run(method: string, fields: Fields, authorization: string | undefined): JsonObject {
    const given = authorization?.replace(/^Bearer +/i, '');
    if (!given) return { ok: false, error: 'not_authed' };
    if (given !== token) return { ok: false, error: 'invalid_auth' };
    const refusal = faults.refuse?.[method];
    if (refusal !== undefined) return { ok: false, error: refusal };
    if (method === 'auth.test') return { ok: true, url: origin, team: 'Stand-in', user: 'twenty', bot_id: 'B0STANDIN' };
    const channel = all.get(fields.channel ?? '');
    if (method === 'conversations.history')
      return channel?.history(fields) ?? { ok: false, error: 'channel_not_found' };
    if (method !== 'chat.postMessage') return { ok: false, error: 'unknown_method' };
    if (channel === undefined) return { ok: false, error: 'channel_not_found' };
    const retryAfter = channel.retryAfterSeconds(faults.rateLimit);
    if (retryAfter > 0) return { retryAfter };
    return post(channel, fields);
  }

  function post(channel: Channel, { text = '', blocks: blocksText, metadata: metadataText }: Fields): JsonObject {
    const blocks = parse(blocksText ?? '[]');
    const metadata = metadataText === undefined ? undefined : parse(metadataText);
    if (!isValidBlocks(blocks)) return { ok: false, error: 'invalid_blocks' };
    if (metadataText !== undefined && !isMetadata(metadata)) return { ok: false, error: 'invalid_metadata_format' };
    if (text === '' && blocks.length === 0) return { ok: false, error: 'no_text' };
    if (text.length > 40_000) return { ok: false, error: 'msg_too_long' };
    const message = channel.post({ text, blocks, metadata: isMetadata(metadata) ? metadata : undefined });
    messages.push(message);
    return { ok: true, channel: channel.id, ts: message.ts, message: channel.toApi(message, true) };
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    apiUrl: `${origin}/api/`,
    token,
    channel: channels[0] ?? '',
    messages,
    calls,
    setFaults: (next) => {
      faults = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Fields = Readonly<Partial<Record<string, string>>>;

/** Slack's client sends a form whose structured members are JSON text. */
async function readFields(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isMetadata = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value.event_type === 'string' && isObject(value.event_payload);

function send(response: ServerResponse, body: JsonObject, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
