import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { monotonicMs } from '../../bench/src/soak/ledger.ts';
import type { ClusterOrder } from './cluster-process.ts';
import type { Kill } from './cluster-record.ts';

/** A line on the console of a process. */
export interface ConsoleLine {
  readonly pid: number;
  readonly text: string;
  readonly atMs: number;
}

/** A place in the cluster: as under a process manager, a process that was killed is followed by another one. */
export interface Place {
  readonly kills: readonly Kill[];
  readonly lines: readonly ConsoleLine[];
  /** What must not be: processes that ended by themselves. */
  readonly crashes: readonly string[];
  /** Once its process is up, or gone. */
  ready(): Promise<void>;
  /** SIGKILL it, and start the next one. */
  killAndRestart(): void;
  /** Tell it to end, and wait for that. */
  stop(): Promise<void>;
  /** Kill it for good, and wait for its end. */
  destroy(): Promise<void>;
}

export function startPlace(order: ClusterOrder): Place {
  const kills: Kill[] = [];
  const lines: ConsoleLine[] = [];
  const crashes: string[] = [];
  const expected = new WeakSet<ChildProcess>();
  let child: ChildProcess;
  let up: Promise<unknown>;

  const start = (): void => {
    const started = fork(join(import.meta.dirname, 'cluster-process.ts'), [JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const pid = started.pid ?? 0;
    for (const input of [started.stdout, started.stderr]) {
      if (input === null) continue;
      createInterface({ input }).on('line', (text) => void lines.push({ pid, text, atMs: monotonicMs() }));
    }
    started.once('close', (code, signal) => {
      if (expected.has(started)) return;
      const last = lines.filter((line) => line.pid === pid).slice(-30);
      crashes.push(
        [`process ${pid} ended by itself with ${code ?? signal}`, ...last.map(({ text }) => text)].join('\n'),
      );
    });
    child = started;
    up = Promise.race([once(started, 'message'), once(started, 'close')]);
  };
  start();

  const kill = (): void => {
    expected.add(child);
    child.kill('SIGKILL');
    kills.push({ pid: child.pid ?? 0, atMs: monotonicMs() });
  };
  return {
    kills,
    lines,
    crashes,
    ready: async () => void (await up),
    killAndRestart() {
      kill();
      start();
    },
    async stop() {
      await up;
      if (child.exitCode !== null) return;
      expected.add(child);
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
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
