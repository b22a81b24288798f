import type { AddressInfo } from 'node:net';

/** A server on a free port of 127.0.0.1 that answers `POST /webhooks/twenty`. */
export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

export const path = '/webhooks/twenty';

interface NodeServer {
  listen(port: number, host: string, listening: () => void): unknown;
  address(): AddressInfo | string | null;
  close(closed: () => void): unknown;
}

/** Let a server of `node:http`, or one that wraps it, listen. What closes with it: a receiver, an app. */
export async function listen(
  server: NodeServer,
  closing: () => { close(): Promise<void> } | undefined,
): Promise<RunningServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await closing()?.close();
    },
  };
}
