import { createServer, type Server } from 'node:http';

/**
 * Make a server for a route handler as Next does it: a web-standard request whose body is Node's stream (Next 16,
 * `server/web/spec-extension/adapters/next-request.js`), the answer piped chunk by chunk (`server/send-response.js`).
 */
export function createWebServer(handle: (request: Request) => Promise<Response>): Server {
  return createServer(async (incoming, outgoing) => {
    const request = new Request(new URL(incoming.url ?? '/', 'http://127.0.0.1'), {
      method: incoming.method ?? 'GET',
      headers: incoming.headers as Record<string, string>,
      duplex: 'half',
      // Node's fetch takes whatever can be iterated.
      body: incoming as unknown as ReadableStream,
    } as RequestInit);
    const response = await handle(request);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
    outgoing.end();
  });
}
