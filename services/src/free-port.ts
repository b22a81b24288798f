import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Find a port of 127.0.0.1 that nobody listens on. It lies below those that systems give to outgoing connections: a client that
 * tries a server which is down can otherwise be given the very port it wants to reach, and then talks to itself. As long as this
 * process lives, nobody else is given it here: also a server that is killed finds its port again.
 */
export async function findFreePort(candidates: Iterable<number> = randomPorts()): Promise<number> {
  for (const port of candidates) {
    const reserved = await reserve(port);
    if (reserved !== undefined && (await isFree(port))) return port;
    reserved?.close();
  }
  throw new Error('No port of 127.0.0.1 is free: are there many servers?');
}

function* randomPorts(): Generator<number> {
  for (let tried = 0; tried < 100; tried++) yield 20_000 + Math.floor(Math.random() * 12_000);
}

/**
 * Bind the port for UDP, as a sign that this process has taken it: servers use TCP, so it is in nobody's way; only one process can
 * bind it; and the system gives it back when this process ends.
 */
function reserve(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4').unref();
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket));
  });
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
