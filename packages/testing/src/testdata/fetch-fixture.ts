import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdapterFixture } from '../adapter-suite/fixture.ts';
import { createNodeFixture } from './node-fixture.ts';

/** `receiver.fetch` on `node:http`, bridged as web-standard frameworks do it. */
export const fetchFixture: AdapterFixture = createNodeFixture({
  mount: (receiver) => async (request, response) => writeResponse(response, await receiver.fetch(toRequest(request))),
});

function toRequest(request: IncomingMessage): Request {
  const { method = 'GET', url = '/', headersDistinct } = request;
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://127.0.0.1${url}`, {
    method,
    headers,
    ...(hasBody && { body: toStream(request), duplex: 'half' }),
  });
}

/** Not `Readable.toWeb`: when that is cancelled, it cuts the connection, and the answer with it. */
function toStream(request: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      start(controller) {
        request.on('data', (chunk: Uint8Array) => {
          controller.enqueue(chunk);
          request.pause();
        });
        request.on('end', () => controller.close());
        request.on('error', (error) => controller.error(error));
        request.pause();
      },
      pull: () => void request.resume(),
      cancel: () => void request.removeAllListeners('data').removeAllListeners('end').resume(),
    },
    { highWaterMark: 0 },
  );
}

async function writeResponse(response: ServerResponse, { status, headers, body }: Response): Promise<void> {
  response.writeHead(status, Object.fromEntries(headers));
  response.end(body === null ? undefined : Buffer.from(await new Response(body).arrayBuffer()));
}
