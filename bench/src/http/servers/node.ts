import { createServer, type IncomingMessage } from 'node:http';
import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { type readDelivery, routes, signatureHeader, timestampHeader } from '../by-hand.ts';
import { listen, type RunningServer } from '../running-server.ts';
import { isRoute, optionsOf, type Variant } from '../variant.ts';

export function startNode(variant: Variant, folder: string): Promise<RunningServer> {
  if (!isRoute(variant)) {
    const receiver = createReceiver(optionsOf(variant, folder));
    return listen(createServer(toNodeHandler(receiver)), () => receiver);
  }
  const read: typeof readDelivery = routes[variant];
  return listen(
    createServer(async (request, response) => {
      const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers;
      const event = read(signature, timestamp, await readBytes(request));
      const [status, answer] = event === undefined ? [401, { error: 'not genuine' }] : [200, { ok: true }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }),
    () => undefined,
  );
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
