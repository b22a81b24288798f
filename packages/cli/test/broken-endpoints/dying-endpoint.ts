import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpointWith, nameOf } from './right-endpoint.ts';

/** Whether it dies of a request, by its signature, or of a genuine event, by its name; the other of the two is ''. */
export type IsDeadly = (signature: string, eventName: string) => boolean;

/** A right endpoint, but for what ends it: as it looks from outside when the process ends. */
export function dyingEndpoint(
  isDeadly: IsDeadly,
  { comesBackAfterMs }: { readonly comesBackAfterMs?: number } = {},
): Server {
  const die = (): void => {
    const { port } = server.address() as AddressInfo;
    server.close();
    server.closeAllConnections();
    if (comesBackAfterMs !== undefined) setTimeout(() => server.listen(port, '127.0.0.1'), comesBackAfterMs);
  };
  const endpoint = endpointWith({
    handle(event) {
      if (isDeadly('', nameOf(event))) die();
    },
  });
  const server = createServer((request, response) => {
    const { 'x-twenty-webhook-signature': signature = '' } = request.headers;
    if (isDeadly(String(signature), '')) die();
    else endpoint(request, response);
  });
  return server;
}
