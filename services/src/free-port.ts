import { createServer } from 'node:net';

/**
 * Find a port of 127.0.0.1 that nobody listens on. It lies below those that systems give to outgoing connections: a client that
 * tries a server which is down can otherwise be given the very port it wants to reach, and then talks to itself.
 */
export async function findFreePort(candidates: Iterable<number> = randomPorts()): Promise<number> {
  for (const port of candidates) if (await isFree(port)) return port;
  throw new Error('No port of 127.0.0.1 is free: are there many servers?');
}

function* randomPorts(): Generator<number> {
  for (let tried = 0; tried < 100; tried++) yield 20_000 + Math.floor(Math.random() * 12_000);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
