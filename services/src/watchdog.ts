import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What the watchdog is told. */
export type WatchdogOrder =
  | { readonly what: 'process'; readonly pid: number }
  | { readonly what: 'forget'; readonly pid: number }
  | { readonly what: 'folder'; readonly path: string };

let watchdog: ChildProcess | undefined;

/**
 * Have a process and its descendants killed, or a folder deleted, when this process ends, also if SIGKILL ends it. The
 * watchdog is a process of its own, one for all orders, and does not keep this one alive.
 */
export function tellWatchdog(order: WatchdogOrder): void {
  watchdog ??= start();
  watchdog.send(order);
}

function start(): ChildProcess {
  // In a session of its own: an interrupt from the terminal is not for it.
  const options = { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] as const };
  const child = fork(join(import.meta.dirname, 'watchdog-process.ts'), [], { ...options, stdio: [...options.stdio] });
  child.unref();
  child.channel?.unref();
  return child;
}
