import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tellWatchdog } from '@twenty-webhooks/services';

export interface AppProcessOptions {
  /** Of the app. */
  readonly folder: string;
  /** What `node` is given, relative to the folder of the app: `['src/server.ts']`. */
  readonly command: readonly string[];
  /** Flags for `node` itself. */
  readonly flags?: readonly string[] | undefined;
  /** Where it runs, and leaves its files. Elsewhere, so that an `.env` that lies in its folder does not count. */
  readonly cwd: string;
  /** Where it listens, also after restarts. */
  readonly port: number;
  /** Beside `PORT`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it answers already. @default it says that something listens at its port */
  readonly isReady?: ((origin: string, output: string) => boolean | Promise<boolean>) | undefined;
}

/** A sample as whoever copies it runs it: a process of its own, which can be killed and started again. */
export interface AppProcess {
  /** `http://127.0.0.1:20123`; the same after each start. */
  readonly origin: string;
  /** Where Twenty delivers. */
  readonly url: string;
  /** What it has printed since the first start. */
  readonly output: string;
  /** With other variables, if given, until the next start. */
  start(other?: Readonly<Record<string, string>>): Promise<void>;
  /** End it with SIGKILL. */
  kill(): Promise<void>;
  /** End it with SIGTERM; gives its exit code. */
  stop(): Promise<number | null>;
}

/** Start an app. It is killed when this process ends, however that is. */
export async function startAppProcess(options: AppProcessOptions): Promise<AppProcess> {
  const app = createAppProcess(options);
  await app.start();
  return app;
}

function createAppProcess(options: AppProcessOptions): AppProcess {
  const { folder, command, flags = [], cwd, port, env, isReady = saysPort } = options;
  const origin = `http://127.0.0.1:${port}`;
  const [script = '', ...rest] = command;
  let output = '';
  let child: ReturnType<typeof spawnApp> | undefined;
  let closed: Promise<unknown> = Promise.resolve();
  const spawnApp = (other: Readonly<Record<string, string>>) => {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    const started = spawn(process.execPath, [...flags, join(folder, script), ...rest], {
      cwd,
      // Nothing else of the environment of whoever runs this is for the app.
      env: { PATH, HOME, NODE_COMPILE_CACHE, NODE_ENV: 'production', ...env, ...other, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (output += text));
    if (started.pid !== undefined) tellWatchdog({ what: 'process', pid: started.pid });
    // With the last of its output, which may come after its exit.
    closed = once(started, 'close');
    return started;
  };
  const hasEnded = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child !== undefined && !hasEnded()) child.kill(signal);
    await closed;
    if (child?.pid !== undefined) tellWatchdog({ what: 'forget', pid: child.pid });
    return child?.exitCode ?? null;
  };
  return {
    origin,
    url: `${origin}/webhooks/twenty`,
    get output() {
      return output;
    },
    async start(other = {}) {
      const begin = output.length;
      child = spawnApp(other);
      const giveUpAtMs = performance.now() + 60_000;
      while (!(await isReady(origin, output.slice(begin)))) {
        const isTooLate = performance.now() > giveUpAtMs;
        if (isTooLate || hasEnded()) {
          await end('SIGKILL');
          throw new Error(`${folder} ${isTooLate ? 'does not listen' : 'has ended'}:\n${output.slice(begin)}`);
        }
        await sleep(10);
      }
    },
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

const saysPort = (origin: string, output: string): boolean =>
  output.includes(`:${new URL(origin).port}/webhooks/twenty`);
