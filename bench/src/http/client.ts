import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Keep-alive connections to a server, each with one request at a time. */
export interface Client {
  /** Send requests, whole ones with head and body, over all connections; rejects if one is not answered with 200, or as a duplicate. */
  send(requests: readonly Buffer[]): Promise<void>;
  close(): void;
}

/** Connect. Sockets and bytes instead of an HTTP client, so that the load costs less than what it measures. */
export async function createClient(port: number, connections: number): Promise<Client> {
  const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return {
    async send(requests) {
      const left = requests.values();
      await Promise.all(sockets.map((socket) => sendAll(socket, left)));
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Send requests over one connection until none is left. */
function sendAll(socket: Socket, left: Iterator<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const stop = (error?: Error): void => {
      socket.off('data', onData).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const next = (): void => {
      const { value, done } = left.next();
      if (done) stop();
      else socket.write(value);
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      // A duplicate is a 200 too, but nearly for free.
      if (text.startsWith('HTTP/1.1 200 ') && !text.includes('duplicate')) next();
      else stop(new Error(`not a 200 for a new event: ${text}`));
      text = '';
    };
    const onClose = (): void => stop(new Error('the server closed a connection'));
    socket.on('data', onData).on('close', onClose);
    next();
  });
}

/** Whether a response is there to its end. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length === head + 4 + Number(length);
}
