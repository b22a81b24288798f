import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of a test, on loopback. */
export interface TestServer {
  /** `http://127.0.0.1:49152`, without a slash at the end. */
  readonly origin: string;
  /** Cut every connection and stop. */
  close(): Promise<void>;
}

/** Start a server, or a server for a listener, on a free port of 127.0.0.1. */
export async function startTestServer(app: Server | RequestListener): Promise<TestServer> {
  return listen(typeof app === 'function' ? createServer(app) : app, 0);
}

/** Let a server listen on a port of 127.0.0.1; 0 is a free one. Rejects if it cannot. */
export async function listen(server: Server, port: number): Promise<TestServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
