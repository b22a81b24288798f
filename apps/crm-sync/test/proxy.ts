import type { IncomingMessage, ServerResponse } from 'node:http';
import { startTestServer } from '@twenty-webhooks/testing';

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
  const server = await startTestServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const proxy = { ...server, intercept: undefined as Intercept | undefined };
  return proxy;

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
}
