import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Sample {
  /** Where deliveries go. */
  readonly url: string;
  readonly journalUrl: string;
  stop(): void;
}

/** Start the Express sample in a process of its own, on a free port. It ends with this process at the latest. */
export async function startSample(options: {
  readonly secrets: readonly string[];
  /** Where its clock stands still; without it, the clock is the machine's. */
  readonly nowMs?: number | undefined;
}): Promise<Sample> {
  const script = fileURLToPath(new URL('./serve.ts', import.meta.url));
  const child = fork(script, [JSON.stringify(options)]);
  const [port] = await once(child, 'message', { signal: AbortSignal.timeout(20_000) });
  const origin = `http://127.0.0.1:${port}`;
  return { url: `${origin}/webhooks/twenty`, journalUrl: `${origin}/`, stop: () => child.disconnect() };
}
