import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Kill } from './check-ledger.ts';
import { monotonicMs } from './ledger.ts';
import type { ServerOrder } from './server.ts';

/** A place in the soak: whenever its process is killed, another one takes over at once. */
export interface SoakProcess {
  readonly kills: readonly Kill[];
  /** What it must not do: end by itself. */
  readonly crashes: readonly string[];
  /** Where it listens; `undefined` while it comes up, and for a worker. */
  readonly port: number | undefined;
  /** Kill it, however far it has come, and start it again. */
  killAndRestart(): void;
  /** Once it is up, or gone. */
  ready(): Promise<void>;
  /** Tell it to end, and wait for that. */
  stop(): Promise<void>;
  /** Kill it for good, and wait for its end. */
  destroy(): Promise<void>;
}

export function startSoakProcess(order: ServerOrder): SoakProcess {
  const kills: Kill[] = [];
  const crashes: string[] = [];
  const ended = new WeakSet<ChildProcess>();
  let starts = 0;
  let port: number | undefined;
  let child: ChildProcess;
  let up: Promise<unknown>;

  const start = (): void => {
    const given = { ...order, seed: order.seed + 1_000 * starts++ };
    const started = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify(given)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    started.once('close', (code, signal) => {
      if (!ended.has(started)) crashes.push(`process ${started.pid} ended with ${code ?? signal}: ${errors}`);
    });
    child = started;
    started.once('message', (message: { readonly port?: number }) => {
      if (child === started) port = message.port;
    });
    up = Promise.race([once(started, 'message'), once(started, 'close')]);
  };
  start();

  const kill = (): void => {
    ended.add(child);
    port = undefined;
    child.kill('SIGKILL');
    kills.push({ pid: child.pid ?? 0, atMs: monotonicMs() });
  };
  return {
    kills,
    crashes,
    get port() {
      return port;
    },
    killAndRestart() {
      kill();
      start();
    },
    ready: async () => void (await up),
    async stop() {
      // One that still comes up would end without having heard it.
      await up;
      if (child.exitCode !== null) return;
      ended.add(child);
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const [code, signal] = await closed;
      clearTimeout(late);
      if (code !== 0) crashes.push(`process ${child.pid} was told to end and ended with ${code ?? signal}`);
    },
    async destroy() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      kill();
      await closed;
    },
  };
}
