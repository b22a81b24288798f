import type { ServerResponse } from 'node:http';

/** Server-sent events for everybody who has the page open. */
export interface EventStream {
  /** Let an answer be a stream from now on. */
  open(response: ServerResponse): void;
  send(event: string, data: object): void;
  /** End all streams. */
  close(): void;
}

export function createEventStream(): EventStream {
  const open = new Set<ServerResponse>();
  const write = (text: string): void => {
    for (const response of open) {
      // Who does not read would have everything kept for him; his page comes back and reads the list.
      if (response.writableLength > maxWaitingBytes) response.destroy();
      else response.write(text);
    }
  };
  // Tells both sides of a connection that broke without a word.
  const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs).unref();
  return {
    open(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('retry: 1000\n\n');
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    close() {
      clearInterval(heartbeat);
      for (const response of open) response.end();
    },
  };
}

const heartbeatMs = 15_000;
const maxWaitingBytes = 1024 * 1024;
