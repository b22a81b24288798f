import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeWith } from './describe-with.ts';
import { findProgram } from './find-binary.ts';
import { type StartedRedis, type StartRedisOptions, startRedis } from './start-redis.ts';
import { remaining } from './testdata/is-running.ts';

vi.setConfig({ testTimeout: 60_000 });

describeWith(findProgram('redis-server'), 'startRedis', () => {
  async function start(options?: StartRedisOptions): Promise<StartedRedis> {
    const server = await startRedis(options);
    onTestFinished(() => server.close());
    return server;
  }

  function connect(url: string): Redis {
    const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    return client;
  }

  test.each([
    ['is there with a synced file', { appendonly: 'yes', appendfsync: 'always' }, 'value'],
    ['is gone without a file', {}, null],
  ])('after SIGKILL and a start, what was written %s', async (_name, settings, expected) => {
    const server = await start({ settings });
    const { pid, url } = server;
    expect(await connect(url).set('key', 'value')).toBe('OK');
    await server.kill();
    expect(await remaining([pid ?? 0])).toEqual([]);
    await expect(connect(url).get('key')).rejects.toThrow();
    await server.start();
    expect(server.url).toBe(url);
    expect(await connect(url).get('key')).toBe(expected);
  });

  test('a frozen one does not answer until it is thawed', async () => {
    const server = await start();
    const client = connect(server.url);
    await client.ping();
    server.freeze();
    const answered = client.ping();
    expect(await Promise.race([answered, sleep(300, 'frozen')])).toBe('frozen');
    server.thaw();
    expect(await answered).toBe('PONG');
  });

  test('it has the password and the users that were asked for', async () => {
    const users = ['app on >word ~* &* +@all -config'];
    const server = await start({ settings: { requirepass: 'p@ss/word', 'maxmemory-policy': 'allkeys-lru' }, users });
    expect(await connect(server.url).config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'allkeys-lru']);
    const { port } = server;
    await expect(connect(`redis://127.0.0.1:${port}`).ping()).rejects.toThrow('NOAUTH');
    const app = connect(`redis://app:word@127.0.0.1:${port}`);
    expect(await app.ping()).toBe('PONG');
    await expect(app.config('GET', 'save')).rejects.toThrow('NOPERM');
  });

  test('it does not start while another server has its port, though that one answers', async () => {
    const server = await start();
    await server.stop();
    const other = spawn('redis-server', ['--port', String(server.port), '--bind', '127.0.0.1', '--save', ''], {
      stdio: 'ignore',
    });
    const ended = once(other, 'close');
    onTestFinished(() => void other.kill('SIGKILL'));
    const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 50 });
    client.on('error', () => {});
    await client.ping();
    client.disconnect();
    await expect(server.start()).rejects.toThrow('in use');
    other.kill('SIGKILL');
    await ended;
    await server.start();
  });

  test('nothing is left when it is closed', async () => {
    const server = await start();
    const { pid } = server;
    await server.close();
    expect(await remaining([pid ?? 0])).toEqual([]);
    expect(existsSync(server.folder)).toBe(false);
  });
});
