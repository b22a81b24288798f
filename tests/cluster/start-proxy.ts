import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A plain round-robin proxy: each request goes to the next server, whether or not that one is up, and is tried once. It says in
 * `x-upstream` which one it was, and answers 502 if that one did not.
 */
export async function startProxy(upstreamPorts: readonly number[]): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  // A connection that it ended as the next request comes would be an answer that nobody gave.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, answer) => {
    const port = upstreamPorts[turn++ % upstreamPorts.length] ?? 0;
    const { method, url: path, headers } = incoming;
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, { ...response.headers, 'x-upstream': String(port) });
      response.once('error', () => answer.destroy()).pipe(answer);
    });
    outgoing.once('error', () => {
      if (!answer.headersSent) answer.writeHead(502, { 'x-upstream': String(port) }).end();
    });
    incoming.pipe(outgoing);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
