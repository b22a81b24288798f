import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
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

export interface RestServer {
  readonly origin: string;
  close(): Promise<void>;
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

export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  const server = createServer((request, response) => {
    answer(request, options).then(
      ({ status, headers, body }) => {
        response.writeHead(status, headers).end(body);
      },
      // The client went away while its body was read: nobody is there to be answered.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function answer(request: IncomingMessage, options: RestServerOptions): Promise<HttpAnswer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [first, ...path] = url.pathname.split('/').filter(Boolean).map(decoded);
  const text = await textOf(request);
  if (first === 'redirects') return redirect(path, options);
  try {
    if (first !== 'rest' || path.length === 0) throw new RestError(404, `Cannot ${request.method} ${url.pathname}`);
    if (request.headers.authorization !== `Bearer ${options.apiKey}`) throw new RestError(401, 'Token invalid.');
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
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

function redirect([status, webhookId = '']: readonly string[], { targetOf }: RestServerOptions): HttpAnswer {
  const location = targetOf(webhookId);
  if (location === undefined) return { status: 404, headers: {} };
  return { status: Number(status), headers: { location } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

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
