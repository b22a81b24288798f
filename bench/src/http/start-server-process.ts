import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** Start a server in a process of its own: a script that says its port, and its CPU time whenever it is asked. */
export async function startServerProcess(script: string, words: readonly string[]): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  const child = fork(script, [...words, folder], { execArgv: [] });
  const exited = once(child, 'exit');
  const nextMessage = async (): Promise<{ port: number; cpuMicroseconds: number }> => {
    const gone = exited.then(() => Promise.reject(new Error(`the server ${words.join(' ')} ended`)));
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
