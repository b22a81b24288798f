import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createEventStream } from './event-stream.ts';

test('who does not read is cut off, who reads is not', async () => {
  const stream = createEventStream();
  const server = createServer((_request, response) => stream.open(response)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    stream.close();
    server.close().closeAllConnections();
  });
  await once(server, 'listening');
  const [lazy, eager] = await Promise.all([
    open(server.address() as AddressInfo),
    open(server.address() as AddressInfo),
  ]);
  lazy.pause();
  let received = 0;
  eager.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  const cut = once(lazy, 'error');
  // More than the buffers of the system hold.
  const pieces = 200;
  for (let count = 0; count < pieces; count++) {
    stream.send('delivery', { text: 'x'.repeat(100_000) });
    await expect.poll(() => received, { interval: 1 }).toBeGreaterThan(100_000 * (count + 1));
  }
  lazy.resume();
  await cut;
  expect(eager.destroyed).toBe(false);
});

async function open({ port }: AddressInfo): Promise<IncomingMessage> {
  const request = get({ host: '127.0.0.1', port, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}
