import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { describeWith } from './describe-with.ts';
import { findPostgresFolder } from './find-binary.ts';
import { processTree } from './process-tree.ts';
import { startPostgres } from './start-postgres.ts';
import { remaining } from './testdata/is-running.ts';

vi.setConfig({ testTimeout: 60_000 });

describeWith(findPostgresFolder(), 'startPostgres', () => {
  const started = startPostgres();
  afterAll(async () => (await started).close());

  async function connect(): Promise<Client> {
    const { url } = await started;
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => {});
    await client.connect();
    onTestFinished(() => void client.end().catch(() => {}));
    return client;
  }

  const treeOf = (pid: number | undefined): number[] => (pid === undefined ? [] : processTree(pid));

  test('it syncs what it commits', async () => {
    const { rows } = await (await connect()).query("select current_setting('fsync') as fsync");
    expect(rows).toEqual([{ fsync: 'on' }]);
  });

  test.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('root does not run it', async () => {
    await connect();
    const pids = treeOf((await started).pid);
    expect(pids.length).toBeGreaterThan(3);
    expect(pids.map((pid) => statSync(`/proc/${pid}`).uid)).not.toContain(0);
  });

  test('what was committed is there after SIGKILL and a start, and no old process is', async () => {
    const server = await started;
    const client = await connect();
    await client.query('create table kept (id int)');
    await client.query('insert into kept values (1)');
    const before = treeOf(server.pid);
    const { port } = server;
    await server.kill();
    expect(server.pid).toBeUndefined();
    expect(await remaining(before)).toEqual([]);
    await expect(connect()).rejects.toThrow('ECONNREFUSED');

    await server.start();
    expect(server.port).toBe(port);
    expect((await (await connect()).query('select id from kept')).rows).toEqual([{ id: 1 }]);
  });

  test('SIGKILL while it is frozen ends all of it', async () => {
    const server = await started;
    await connect();
    server.freeze();
    const before = treeOf(server.pid);
    await server.kill();
    expect(await remaining(before)).toEqual([]);
    await server.start();
  });

  test('a frozen one answers on no connection until it is thawed', async () => {
    const server = await started;
    const client = await connect();
    server.freeze();
    onTestFinished(() => server.thaw());
    const answered = [client.query('select 1'), connect()].map((answer) => answer.then(() => 'answered'));
    expect(await Promise.race([...answered, sleep(300, 'frozen')])).toBe('frozen');
    server.thaw();
    expect(await Promise.all(answered)).toEqual(['answered', 'answered']);
  });

  test('it does not start while another server has its port, and says so', async () => {
    const server = await started;
    const before = treeOf(server.pid);
    await server.stop();
    expect(await remaining(before)).toEqual([]);
    const other = createServer().listen(server.port, '127.0.0.1');
    await once(other, 'listening');
    await expect(server.start()).rejects.toThrow('in use');
    expect(server.pid).toBeUndefined();
    await new Promise((resolve) => other.close(resolve));
    await server.start();
    await connect();
  });

  test('nothing is left when it is closed', async () => {
    const other = await startPostgres({ settings: { max_connections: '7' } });
    const client = new Client({ connectionString: other.url });
    client.on('error', () => {});
    await client.connect();
    expect((await client.query('show max_connections')).rows).toEqual([{ max_connections: '7' }]);
    const pids = treeOf(other.pid);
    await other.close();
    expect(await remaining(pids)).toEqual([]);
    expect(existsSync(other.folder)).toBe(false);
  });

  test('a setting it does not know is an error with what it wrote', async () => {
    await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toThrow('no_such_setting');
  });
});
