import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tellWatchdog } from '@twenty-webhooks/services';
import { onTestFinished, vi } from 'vitest';

// A test may start many processes, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 90_000 });

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in at standard input; without it that is closed. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

export interface RunningCli {
  /** What it has written so far. */
  readonly written: { out: string; error: string };
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
}

/** The command as a process, on its sources, piped. It ends with the test. Variables of ours are not inherited. */
export function startCli(args: readonly string[], { env = {}, input, cwd }: CliOptions = {}): RunningCli {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TWENTY_|NO_COLOR|FORCE_COLOR)/.test(name)),
  );
  const child = spawn(process.execPath, ['--conditions', '@twenty-webhooks/source', main, ...args], {
    env: { ...inherited, ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) tellWatchdog({ what: 'process', pid: child.pid });
  const written = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written.error += text;
  });
  // It may end without reading.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { written, ended, kill: (signal) => void child.kill(signal) };
}

/** Run the command to its end. */
export async function runCli(args: readonly string[], options?: CliOptions) {
  const { written, ended } = startCli(args, options);
  const { code } = await ended;
  return { code, ...written };
}
