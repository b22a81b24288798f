import { createServer, type IncomingMessage } from 'node:http';
import { listen, type TestServer } from '../test-server.ts';
import { redirectStatuses } from './check-options.ts';
import { type RestAnswer, RestError } from './rest-answer.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface RestRequest {
  readonly method: string;
  /** Behind `/rest`: `['people', '<id>']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** @throws RestError 400 if the body is none */
  json(): unknown;
}

export interface RestServerOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly requestsPerMinute: number;
  readonly bucket: TokenBucket;
  /** By the first part of the path behind `/rest`; `records` is for the rest. */
  readonly routes: Readonly<Record<'webhooks' | 'records', (request: RestRequest) => RestAnswer>>;
  /** Where `/redirects/<status>/<webhook id>` leads. */
  readonly targetOf: (webhookId: string) => string | undefined;
}

export function startRestServer(options: RestServerOptions): Promise<TestServer> {
  const server = createServer((request, response) => {
    answer(request, options)
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      // The client went away while its body was read: nobody is there to be answered.
      .catch(() => response.destroy());
  });
  return listen(server, options.port);
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function answer(request: IncomingMessage, options: RestServerOptions): Promise<HttpAnswer> {
  try {
    const url = urlOf(request);
    const [first, ...path] = url.pathname.split('/').filter(Boolean).map(decoded);
    // Before anything else: who has no key cannot fill the memory either.
    const text = await textOf(request);
    if (first === 'redirects') return redirect(path, options);
    if (first !== 'rest' || path.length === 0) throw new RestError(404, `Cannot ${request.method} ${url.pathname}`);
    const [, token] = /^bearer +(.*)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token !== options.apiKey) throw new RestError(401, 'Token invalid.');
    if (!options.bucket.take())
      throw new RestError(429, `Limit reached (${options.requestsPerMinute} tokens per 60000 ms)`);
    const route = path[0] === 'webhooks' ? options.routes.webhooks : options.routes.records;
    return json(route({ method: request.method ?? 'GET', path, query: url.searchParams, json: () => parsed(text) }));
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return json(error.toAnswer());
  }
}

const json = ({ status, body }: RestAnswer): HttpAnswer => ({
  status,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    // The rest of the body is not read.
    ...(status === 413 && { connection: 'close' }),
  },
  body: JSON.stringify(body),
});

function redirect([status, webhookId = '']: readonly string[], { targetOf }: RestServerOptions): HttpAnswer {
  const location = targetOf(webhookId);
  const known = redirectStatuses.find((item) => String(item) === status);
  if (location === undefined || known === undefined) throw new RestError(404, 'There is no such redirect');
  // Not every character of a target may stand in a header.
  return { status: known, headers: { location: new URL(location).href } };
}

function urlOf({ method, url = '/' }: IncomingMessage): URL {
  const absolute = `http://localhost${url}`;
  if (!url.startsWith('/') || !URL.canParse(absolute)) throw new RestError(404, `Cannot ${method} ${url}`);
  return new URL(absolute);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Left open if it is too long: the answer goes out on the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new RestError(413, 'request entity too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const maxBodyBytes = 1_000_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RestError(400, error instanceof Error ? error.message : 'Invalid JSON');
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
