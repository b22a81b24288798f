import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createReceiver, memoryInbox } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { startTestServer } from '@twenty-webhooks/testing';

/** What the origin does with a delivery. */
export type Behaviour =
  | 'receive'
  | 'hang'
  | 'hang up'
  | 'break off'
  | 'stall'
  | 'receive late'
  | 302
  | 304
  | 307
  | 404
  | 500;

/** What the query of its URL has: an origin may know its edge by it, and no log may. */
export const originToken = 'token-2342';
const path = `/webhooks/twenty?token=${originToken}`;

export interface SwitchableOrigin {
  /** With a query that has `originToken`. */
  readonly url: string;
  behaviour: Behaviour;
  /** Let what waits with 'receive late' go on. */
  letGo(): void;
  /** Requests of its URL, query included, in the order in which they came. */
  readonly arrived: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** Requests of any other. */
  readonly strays: string[];
  /** Ids of events that the receiver's handler has run for. */
  readonly handled: string[];
  close(): Promise<void>;
}

/** Start a receiver with an inbox, which verifies again, behind a server that can do worse. */
export async function startSwitchableOrigin(secret: string): Promise<SwitchableOrigin> {
  const arrived: SwitchableOrigin['arrived'] = [];
  const strays: string[] = [];
  const handled: string[] = [];
  let waiting: (() => void)[] = [];
  const receiver = createReceiver({ secret, inbox: memoryInbox(), on: { '*': ({ id }) => void handled.push(id) } });
  const handle = toNodeHandler(receiver);
  const answer: RequestListener = async (request, response) => {
    if (request.url !== path) {
      strays.push(`${request.method} ${request.url}`);
      response.end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    arrived.push({ headers: request.headers, body });
    Object.assign(request, { rawBody: body });
    const { behaviour } = origin;
    if (behaviour === 'hang') return;
    if (behaviour === 'hang up') request.socket.destroy();
    else if (typeof behaviour === 'number') response.writeHead(behaviour, { location: '/elsewhere' }).end();
    else if (behaviour === 'break off' || behaviour === 'stall') {
      response.writeHead(200, { 'content-length': 100 }).write('{"status":');
      if (behaviour === 'break off') setTimeout(() => request.socket.destroy(), 20);
    } else {
      if (behaviour === 'receive late') await new Promise<void>((resolve) => waiting.push(resolve));
      handle(request, response);
    }
  };
  const server = await startTestServer(createServer(answer));
  const origin: SwitchableOrigin = {
    url: server.origin + path,
    behaviour: 'receive',
    arrived,
    strays,
    handled,
    letGo() {
      for (const goOn of waiting) goOn();
      waiting = [];
    },
    async close() {
      await server.close();
      await receiver.close({ graceMs: 0 });
    },
  };
  return origin;
}
