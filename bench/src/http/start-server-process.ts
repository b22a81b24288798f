import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variant } from './variant.ts';

export interface ServerProcess {
  readonly port: number;
  /** What it stores is here, until `close`. */
  readonly folder: string;
  /** CPU time that the process has taken so far. */
  cpuMicroseconds(): Promise<number>;
  /** End the process. */
  kill(): Promise<void>;
  /** End it and delete what it stored. */
  close(): Promise<void>;
}

/** Start a server in a process of its own. */
export async function startServerProcess(framework: string, variant: Variant): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [framework, variant, folder], { execArgv: [] });
  const exited = once(child, 'exit');
  const nextMessage = async (): Promise<{ port: number; cpuMicroseconds: number }> => {
    const gone = exited.then(() => Promise.reject(new Error(`the server ${framework} ${variant} ended`)));
    const [message] = await Promise.race([once(child, 'message'), gone]);
    return message;
  };
  const { port } = await nextMessage();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    port,
    folder,
    async cpuMicroseconds() {
      child.send('cpu');
      return (await nextMessage()).cpuMicroseconds;
    },
    kill,
    async close() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}
