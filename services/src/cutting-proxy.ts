import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on 127.0.0.1 that can be cut at the worst moment. */
export interface CuttingProxy {
  readonly port: number;
  /** From now on no answer comes back; the connection breaks when the next one would. Resolves when it has. */
  cutNextAnswer(): Promise<void>;
  /** From now on nothing goes over the connections that are open, as if a firewall had forgotten them; new ones work. */
  silence(): void;
  /** Let new connections lead to another server, as after a failover. */
  pointTo(port: number): void;
  close(): void;
}

export async function startCuttingProxy(firstPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cut: (() => void) | undefined;
  let port = firstPort;
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (cut === undefined) return void socket.write(bytes);
      socket.destroy();
      cut();
      cut = undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  return {
    port: address.port,
    silence() {
      for (const one of sockets) {
        one.unpipe();
        one.removeAllListeners('data').pause();
      }
    },
    cutNextAnswer: () =>
      new Promise((resolve) => {
        cut = resolve;
      }),
    pointTo(next) {
      port = next;
    },
    close() {
      server.close();
      for (const one of sockets) one.destroy();
    },
  };
}
