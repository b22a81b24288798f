import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Question, ServerMeasures, ServerOrder } from './server-order.ts';

/** A server in a process of its own, with all that it writes. */
export interface ServerUnderAttack {
  readonly port: number;
  /** Every line of its output so far. */
  readonly lines: readonly string[];
  /** Measure from now on. */
  begin(): Promise<void>;
  measure(): Promise<ServerMeasures>;
  /** How many connections are open. */
  sockets(): Promise<number>;
  /** Bytes that are in use once everything that can be collected was. */
  heapBytes(): Promise<number>;
  /** End the process, whatever it does. */
  kill(): Promise<void>;
}

export async function startServer(order: ServerOrder): Promise<ServerUnderAttack> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [JSON.stringify(order)], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) collectLines(stream, lines);
  const exited = once(child, 'exit');
  const nextMessage = async (): Promise<{ readonly port?: number; readonly answer?: unknown }> => {
    const gone = exited.then(() => Promise.reject(new Error(`the server ended: ${lines.slice(-20).join('\n')}`)));
    const [message] = await Promise.race([once(child, 'message'), gone]);
    return message;
  };
  const ask = async (question: Question): Promise<unknown> => {
    child.send(question);
    return (await nextMessage()).answer;
  };
  const { port } = await nextMessage();
  if (port === undefined) throw new Error('the server does not say its port');
  return {
    port,
    lines,
    begin: async () => void (await ask('begin')),
    measure: async () => (await ask('measure')) as ServerMeasures,
    sockets: async () => (await ask('sockets')) as number,
    heapBytes: async () => (await ask('heap')) as number,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function collectLines(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
}
