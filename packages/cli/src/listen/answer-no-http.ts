import type { Duplex } from 'node:stream';

/** Answer what came and is no HTTP request, as Node would, and say so: `https://` to this port, perhaps. */
export function answerNoHttp(error: NodeJS.ErrnoException, socket: Duplex, onError: (error: Error) => void): void {
  const { code = '' } = error;
  // Nobody is there any more.
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statuses[code] ?? '400 Bad Request';
  onError(new Error(`A request was refused with ${status}, and is not in the list`, { cause: error }));
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}

const statuses: { readonly [code: string]: string | undefined } = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
