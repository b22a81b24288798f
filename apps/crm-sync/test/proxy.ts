import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Intercepted {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** Let it through, whatever is answered then. */
  forward(): Promise<void>;
}

export interface OtherAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

type Intercept = (request: Intercepted) => OtherAnswer | undefined | Promise<OtherAnswer | undefined>;

/** Stands before a server and passes everything on, but what `intercept` answers itself. */
export async function startProxy(target: string) {
  const proxy = { origin: '', intercept: undefined as Intercept | undefined, close };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { authorization = '' } = request.headers;
    const headers = { authorization, 'content-type': 'application/json' };
    const pass = () => fetch(target + url, { method, headers, ...(body && { body }) });
    const forward = async (): Promise<void> => void (await (await pass()).text());
    const other = await proxy.intercept?.({ method, url: decodeURIComponent(url), body, forward });
    if (other) {
      response.writeHead(other.status, { 'content-type': 'application/json', ...other.headers });
      response.end(JSON.stringify(other.body ?? { category: 'TEST', message: 'of the test' }));
      return;
    }
    const passed = await pass();
    const type = passed.headers.get('content-type');
    response.writeHead(passed.status, type === null ? {} : { 'content-type': type });
    response.end(await passed.text());
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  proxy.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}
