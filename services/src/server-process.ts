import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree, signalProcess } from './process-tree.ts';
import { tellWatchdog } from './watchdog.ts';

/** How to run a server. */
export interface ServerCommand {
  /** For errors: `Postgres`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whom it runs as, if not as this process does. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What tells it to end in good order. */
  readonly stopSignal: EndSignal;
  /** Whether it, and no other one in its place, does its work. */
  readonly answers: (pid: number) => Promise<boolean>;
}

export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

/** A server that was started here. It ends with this process, also if that is killed. */
export interface ServerProcess {
  /** Of its first process; `undefined` while it does not run. */
  readonly pid: number | undefined;
  /** Start it once more, and wait until it answers. @throws Error with what it wrote if it does not */
  start(): Promise<void>;
  /** Tell it to end in good order; resolves when all its processes are gone. */
  stop(): Promise<void>;
  /** End its first process with a signal; resolves when all its processes are gone. @default 'SIGKILL' */
  kill(signal?: EndSignal): Promise<void>;
  /** Stop all its processes where they are: connections stay, nothing is answered. */
  freeze(): void;
  /** Let it go on after `freeze`. */
  thaw(): void;
}

interface Running {
  readonly pid: number;
  /** All its processes are gone. */
  readonly gone: Promise<void>;
  readonly hasEnded: () => boolean;
  /** The last of what it wrote. */
  readonly log: () => string;
}

/** A server that does not run yet. */
export function createServerProcess(command: ServerCommand): ServerProcess {
  let running: Running | undefined;

  const end = async (signal: EndSignal): Promise<void> => {
    if (running === undefined) return;
    const { pid, gone } = running;
    const tree = processTree(pid);
    signalProcess(pid, signal);
    // What is frozen hears no other signal.
    for (const one of tree) signalProcess(one, 'SIGCONT');
    if (await isIn(gone, patienceMs)) return;
    for (const one of new Set([...tree, ...processTree(pid)])) signalProcess(one, 'SIGKILL');
    await gone;
  };

  return {
    get pid() {
      return running?.pid;
    },
    async start() {
      if (running !== undefined) throw new Error(`${command.name} runs already: stop it first`);
      const started = await launch(command);
      running = started;
      void started.gone.then(() => {
        if (running === started) running = undefined;
      });
      const giveUpAtMs = performance.now() + patienceMs;
      while (!(await command.answers(started.pid))) {
        const why = started.hasEnded() ? 'ended at its start' : `did not answer within ${patienceMs} ms`;
        if (started.hasEnded() || performance.now() > giveUpAtMs) {
          await end('SIGKILL');
          throw new Error(`${command.name} ${why}. It wrote:\n${started.log()}`);
        }
        await sleep(20);
      }
    },
    stop: () => end(command.stopSignal),
    kill: (signal = 'SIGKILL') => end(signal),
    freeze() {
      // The first one first: it could start another meanwhile.
      if (running !== undefined) signalProcess(running.pid, 'SIGSTOP');
      for (const pid of running === undefined ? [] : processTree(running.pid)) signalProcess(pid, 'SIGSTOP');
    },
    thaw() {
      for (const pid of running === undefined ? [] : processTree(running.pid)) signalProcess(pid, 'SIGCONT');
    },
  };
}

async function launch({ name, file, args, cwd, user }: ServerCommand): Promise<Running> {
  const child = spawn(file, args, { cwd, ...user, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) {
    const cause = await new Promise((resolve) => void child.once('error', resolve));
    throw new Error(`${name} could not be started from ${file}`, { cause });
  }
  tellWatchdog({ what: 'process', pid });
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
    tellWatchdog({ what: 'forget', pid });
  });
  // All its processes hold the pipe to write to: it is closed when the last one is gone.
  const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  return { pid, gone, hasEnded: () => hasEnded, log: readEnd(child) };
}

/** Read what it writes, so that it can go on writing, and keep the last of it. It does not keep this process alive. */
function readEnd(child: ChildProcess): () => string {
  let end = '';
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      end = (end + text).slice(-4_000);
    });
    (stream as unknown as { unref(): void } | null)?.unref();
  }
  return () => end;
}

async function isIn(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/** For a start or an orderly end on a busy machine. */
const patienceMs = 20_000;
