import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Sample {
  /** Where deliveries go. */
  readonly url: string;
  readonly journalUrl: string;
  readonly jobsUrl: string;
  /** End its process, with SIGKILL if it is not to notice. */
  stop(signal?: 'SIGKILL'): Promise<void>;
}

export interface SampleOptions {
  readonly secrets: readonly string[];
  readonly inboxFile: string;
  /** Where the receiver's clock stands still; without it, the clock is the machine's. */
  readonly nowMs?: number | undefined;
  /** How long each thing takes that a handler does. @default 0 */
  readonly effectMs?: number;
}

/** Start the Express sample in a process of its own, on a free port. It ends with this process at the latest. */
export async function startSample(options: SampleOptions): Promise<Sample> {
  const script = fileURLToPath(new URL('./serve.ts', import.meta.url));
  const child = fork(script, [JSON.stringify(options)]);
  const exited = once(child, 'exit');
  const started = once(child, 'message', { signal: AbortSignal.timeout(20_000) });
  const failed = exited.then(() => Promise.reject(new Error('The sample ended before it listened')));
  failed.catch(() => {});
  const [port] = await Promise.race([started, failed]);
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/webhooks/twenty`,
    journalUrl: `${origin}/`,
    jobsUrl: `${origin}/jobs`,
    async stop(signal) {
      if (signal === undefined && child.connected) child.disconnect();
      else child.kill(signal);
      await exited;
    },
  };
}
