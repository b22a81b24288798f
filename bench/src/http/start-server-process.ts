import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Variant } from './variant.ts';

export interface ServerProcess {
  readonly port: number;
  /** CPU time that the process has taken so far. */
  cpuMicroseconds(): Promise<number>;
  close(): Promise<void>;
}

/** Start a server in a process of its own. */
export async function startServerProcess(framework: string, variant: Variant): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [framework, variant], { execArgv: [] });
  const exited = once(child, 'exit');
  const nextMessage = async (): Promise<{ port: number; cpuMicroseconds: number }> => {
    const gone = exited.then(() => Promise.reject(new Error(`the server ${framework} ${variant} ended`)));
    const [message] = await Promise.race([once(child, 'message'), gone]);
    return message;
  };
  const { port } = await nextMessage();
  return {
    port,
    async cpuMicroseconds() {
      child.send('cpu');
      return (await nextMessage()).cpuMicroseconds;
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
