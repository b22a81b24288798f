import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from './free-port.ts';

test('a port that somebody listens on is not taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const others = Array.from({ length: 100 }, (_, index) => 20_000 + index);
  expect(others).toContain(await findFreePort([port, ...others]));
  await expect(findFreePort([port])).rejects.toThrow('No port of 127.0.0.1 is free');
});

test('a port lies below those of outgoing connections', async () => {
  expect(await findFreePort()).toBeLessThan(32_768);
});

test('a port that was given to one is given to nobody else, here or in another process', async () => {
  const port = await findFreePort();
  await expect(findFreePort([port])).rejects.toThrow('No port of 127.0.0.1 is free');
  const module = JSON.stringify(new URL('./free-port.ts', import.meta.url).href);
  const code = `const { findFreePort } = await import(${module}); console.log(await findFreePort([${port}]).catch(() => 'none'))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  expect(stdout.trim()).toBe('none');
  // Its own server can have it.
  await once(createServer().listen(port, '127.0.0.1').unref(), 'listening');
});
