import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpointWith, nameOf } from './right-endpoint.ts';

/** Whether it dies of a request, by its signature, or of a genuine event, by its name; the other of the two is ''. */
export type IsDeadly = (signature: string, eventName: string) => boolean;

export interface DyingOptions {
  readonly comesBackAfterMs?: number;
  /** It answers, and dies then. */
  readonly afterMs?: number;
  /** How long the first answer takes. */
  readonly firstMs?: number;
}

/** A right endpoint, but for what ends it: as it looks from outside when the process ends. */
export function dyingEndpoint(
  isDeadly: IsDeadly,
  { comesBackAfterMs, afterMs, firstMs = 0 }: DyingOptions = {},
): Server {
  let count = 0;
  const die = (): void => {
    const { port } = server.address() as AddressInfo;
    server.close();
    server.closeAllConnections();
    if (comesBackAfterMs !== undefined) setTimeout(() => server.listen(port, '127.0.0.1'), comesBackAfterMs);
  };
  const endpoint = endpointWith({
    handle(event) {
      if (!isDeadly('', nameOf(event))) return;
      if (afterMs === undefined) die();
      else setTimeout(die, afterMs);
    },
  });
  const server = createServer((request, response) => {
    const { 'x-twenty-webhook-signature': signature = '' } = request.headers;
    if (isDeadly(String(signature), '')) die();
    else setTimeout(() => endpoint(request, response), count++ === 0 ? firstMs : 0);
  });
  return server;
}
