import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { deliverAll } from './deliver.ts';
import { vectors } from './vectors.ts';
import { receiverOf } from './verdicts.ts';

// For Node, Bun and Deno: the vectors over a real connection. A vector's number is the path, since each has its own clock.

declare const Bun: { serve(options: object): { port: number; stop(force: boolean): Promise<void> } } | undefined;
declare const Deno:
  | { serve(options: object, fetch: Fetch): { addr: { port: number }; shutdown(): Promise<void> } }
  | undefined;
type Fetch = (request: Request) => Promise<Response>;

/** The answers of `node:http` with `toNodeHandler`. */
export async function judgeByNodeHandler(): Promise<Record<string, string>> {
  const listener: RequestListener = (request, response) => {
    toNodeHandler(receiverAt(request.url ?? ''))(request, response);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await deliverAll((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections?.();
    server.close();
  }
}

/** The answers of the runtime's own web-standard server with `fetch`; `undefined` on Node, which has none. */
export async function judgeByOwnServer(): Promise<Record<string, string> | undefined> {
  const fetch: Fetch = (request) => receiverAt(new URL(request.url).pathname).fetch(request);
  if (typeof Bun !== 'undefined') {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch });
    const answers = await deliverAll(server.port);
    await server.stop(true);
    return answers;
  }
  if (typeof Deno !== 'undefined') {
    const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, fetch);
    const answers = await deliverAll(server.addr.port);
    await server.shutdown();
    return answers;
  }
  return undefined;
}

function receiverAt(path: string): ReturnType<typeof receiverOf> {
  const vector = vectors[Number(path.slice(1))];
  if (vector === undefined) throw new Error(`no vector ${path}`);
  return receiverOf(vector);
}
