import { connect } from 'node:net';
import { within } from '../waiting.ts';
import { type Reply, takeReply } from './reply.ts';

/** A request, byte for byte: no client adds, joins or corrects anything. */
export interface WireRequest {
  /** @default 'POST' */
  readonly method?: string | undefined;
  /** As written, in this order, repeated ones repeated. `host` and the framing of the body are added. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  /** One part or several; each part is a chunk if they are `chunked`. */
  readonly body?: Uint8Array | readonly Uint8Array[] | undefined;
  /** @default 'content-length', or none if there is no body */
  readonly framing?: 'content-length' | 'chunked' | undefined;
}

/** A TCP connection to a server. Nothing of it throws because the server hung up: `closed` and `readReply` tell. */
export interface Connection {
  /** Resolves when the bytes are on their way, or never will be. */
  write(bytes: Uint8Array | string): Promise<void>;
  send(request: WireRequest): Promise<void>;
  /** The next answer. @throws Error if there is none within 10 s, or the connection ends without one */
  readReply(options?: { readonly isHead?: boolean }): Promise<Reply>;
  /** Resolves when the server has closed or reset the connection. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
  /** Hang up at once. */
  destroy(): void;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let isEnded = false;
  let wake = (): void => {};
  const closed = new Promise<void>((resolve) => {
    const end = (): void => {
      isEnded = true;
      wake();
      resolve();
    };
    // An error is followed by `close`; that the server hung up is a result here, not an error.
    socket
      .on('end', end)
      .on('close', end)
      .on('error', () => {});
  });
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    wake();
  });
  await within(10_000, 'connecting', new Promise<void>((resolve) => socket.once('connect', resolve)));

  async function nextReply(isHead: boolean): Promise<Reply> {
    for (;;) {
      const taken = takeReply(received, { isEnded, isHead });
      if (taken !== undefined) {
        received = taken.rest;
        return taken.reply;
      }
      if (isEnded)
        throw new Error(`the connection ended without a whole answer: ${JSON.stringify(received.toString())}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const write = (bytes: Uint8Array | string): Promise<void> =>
    new Promise((resolve) => {
      socket.write(bytes, () => resolve());
    });
  return {
    write,
    async send(request) {
      for (const part of encodeRequest(url, request)) await write(part);
    },
    readReply: ({ isHead = false } = {}) => within(10_000, 'an answer', nextReply(isHead)),
    closed,
    isClosed: () => isEnded,
    destroy: () => socket.destroy(),
  };
}

/** Send one request on a connection of its own and read the answer. */
export async function exchange(url: string, request: WireRequest): Promise<Reply> {
  const connection = await openConnection(url);
  try {
    await Promise.race([connection.send(request), connection.closed]);
    return await connection.readReply({ isHead: request.method === 'HEAD' });
  } finally {
    connection.destroy();
  }
}

/** The head of a request. */
export function encodeHead(url: string, { method = 'POST', headers = [] }: WireRequest): Buffer {
  const { host, pathname, search } = new URL(url);
  const lines = [['host', host] as const, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

function encodeRequest(url: string, { method, headers = [], body, framing }: WireRequest): readonly Uint8Array[] {
  const parts = body === undefined ? [] : body instanceof Uint8Array ? [body] : body;
  if (framing === 'chunked') {
    const head = encodeHead(url, { method, headers: [...headers, ['transfer-encoding', 'chunked']] });
    return [head, ...parts.map(encodeChunk), Buffer.from('0\r\n\r\n')];
  }
  if (body === undefined) return [encodeHead(url, { method, headers })];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = encodeHead(url, { method, headers: [...headers, ['content-length', String(length)]] });
  // In one piece, so that small requests are one packet.
  return [Buffer.concat([head, ...parts])];
}

/** One chunk of a chunked body; not empty, since an empty one ends it. */
export const encodeChunk = (part: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
