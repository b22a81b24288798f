import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findPostgresFolder } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { createServerProcess, type ServerProcess } from './server-process.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { findUnprivilegedUser } from './unprivileged-user.ts';

export interface StartPostgresOptions {
  /** As in postgresql.conf: `{ max_connections: '20' }`. `fsync` is on, as it is by default. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** A Postgres of one's own, to be killed, frozen and restarted on its port and its data. */
export interface StartedPostgres extends ServerProcess {
  /** As its superuser, without a password. */
  readonly url: string;
  readonly port: number;
  /** Where its data and its socket are. */
  readonly folder: string;
  /** End it for good and delete its data. */
  close(): Promise<void>;
}

/**
 * Start a new Postgres on 127.0.0.1 in a temporary folder, as an unprivileged user if this process is root's.
 *
 * @throws Error if Postgres is not installed, or does not start
 */
export async function startPostgres({ settings = {} }: StartPostgresOptions = {}): Promise<StartedPostgres> {
  const programs = findPostgresFolder();
  if (programs === undefined) throw new Error('Postgres is not installed. On Debian: apt-get install postgresql');
  const user = await findUnprivilegedUser();
  const { path: folder, remove } = await makeTemporaryFolder(user);
  const data = join(folder, 'data');
  // What initdb wrote need not outlive a power cut; what the server writes is synced.
  const initArgs = ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const port = await findFreePort();
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    log_min_messages: 'log',
    ...settings,
  };
  const server = createServerProcess({
    name: 'Postgres',
    file: join(programs, 'postgres'),
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: folder,
    user,
    // Without waiting for clients to leave.
    stopSignal: 'SIGINT',
    answers: () => answers(folder, port),
  });
  const close = async (): Promise<void> => {
    await server.kill();
    await remove();
  };
  try {
    await promisify(execFile)(join(programs, 'initdb'), initArgs, { cwd: folder, ...user });
    await server.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...server,
    get pid() {
      return server.pid;
    },
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    folder,
    close,
  };
}

/** Over its own socket: another server may have taken the port. */
async function answers(folder: string, port: number): Promise<boolean> {
  const client = new Client({
    host: folder,
    port,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 1_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
