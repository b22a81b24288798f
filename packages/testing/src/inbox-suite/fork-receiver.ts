import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../waiting.ts';
import type { InboxSettings } from './inbox-fixture.ts';

/** What a process has to do with an inbox. It goes on until it is killed. */
export interface ChildOrder extends InboxSettings {
  /** Patterns of its handlers. @default ['*'] */
  readonly handlers?: readonly string[];
  /** How often it runs a job at the most. @default 3 */
  readonly attempts?: number;
  /** Deliver fresh events, each after the answer to the one before, or so many each millisecond. */
  readonly deliver?: { readonly events: number; readonly eachMs?: number; readonly dieAfterAnswers?: number };
  /** Run jobs: its handlers return after some milliseconds, or never, or kill their process. */
  readonly work?: 'return' | 'hang' | 'die';
}

/** A line that a child has written. */
export type Report =
  | { readonly what: 'accepted' | 'refused'; readonly id: string }
  | {
      readonly what: 'began' | 'aborted' | 'returned';
      readonly id: string;
      readonly key: string;
      readonly attempt: number;
    };

/** Where the inbox is. */
export interface InboxAddress {
  readonly module: string;
  readonly location: string;
}

/** A receiver with an inbox in a process of its own. */
export interface ForkedReceiver {
  /** All that it has reported. What it wrote before it died is there once `died` is fulfilled. */
  readonly reports: readonly Report[];
  /** Its end, whatever ended it. */
  readonly died: Promise<void>;
  /** Wait until it has reported so many of these. @throws Error with what it wrote if it does not */
  until(what: Report['what'], count?: number): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** End it with SIGKILL. */
  kill(): Promise<void>;
}

/** Start a process that receives, works, or both. */
export function forkReceiver(address: InboxAddress, order: ChildOrder, patienceMs: number): ForkedReceiver {
  // Beside this file: `.ts` in the repository, `.js` in the package.
  const script = new URL(`./child-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const child = fork(script, [JSON.stringify({ ...address, order })], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const died = once(child, 'close').then(() => {});
  const reports: Report[] = [];
  let rest = '';
  let errors = '';
  // Not `child.kill`, which in Deno sends one signal only.
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(child.pid, name);
    } catch (error) {
      // It has just ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    reports.push(...lines.map((line) => JSON.parse(line) as Report));
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return {
    reports,
    died,
    async until(what, count = 1) {
      const isThere = (): boolean => reports.filter((report) => report.what === what).length >= count;
      const moreMs = reports.length === 0 ? startMs : busyMs;
      try {
        await eventually(`${count} × ${what} in a process of its own`, isThere, patienceMs + moreMs);
      } catch (cause) {
        throw new Error(`${(cause as Error).message}\n${errors}`, { cause });
      }
    },
    signal,
    async kill() {
      signal('SIGKILL');
      await died;
    },
  };
}

/** For a process to come up, beside others that do. */
const startMs = 20_000;
/** For one that is up. */
const busyMs = 5_000;
