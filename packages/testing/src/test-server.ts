import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestServer {
  /** `http://127.0.0.1:49152`, without a slash at the end. */
  readonly origin: string;
  /** Cut every connection and stop. */
  close(): Promise<void>;
}

/** Start a server, or a server for a listener, on a free port of 127.0.0.1. */
export async function startTestServer(app: Server | RequestListener): Promise<TestServer> {
  const server = typeof app === 'function' ? createServer(app) : app;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
