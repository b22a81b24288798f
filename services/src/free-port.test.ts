import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from './free-port.ts';

test('a port that somebody listens on is not taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const free = await findFreePort();
  expect(await findFreePort([port, free])).toBe(free);
  await expect(findFreePort([port])).rejects.toThrow('No port of 127.0.0.1 is free');
});

test('a port lies below those of outgoing connections', async () => {
  expect(await findFreePort()).toBeLessThan(32_768);
});
