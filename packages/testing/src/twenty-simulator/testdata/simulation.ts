import type { TwentySimulatorOptions } from '../simulator-options.ts';
import { startTwentySimulator, type TwentySimulator } from '../start-twenty-simulator.ts';
import { type RecordingTarget, startRecordingTarget } from './recording-target.ts';

export interface Simulation {
  readonly twenty: TwentySimulator;
  readonly target: RecordingTarget;
}

/** Make simulators that deliver to a recording target. @param onFinished the runner's: both end with the test */
export const simulations =
  (onFinished: (end: () => Promise<void>) => void) =>
  async (options: TwentySimulatorOptions = {}): Promise<Simulation> => {
    const target = await startRecordingTarget();
    const twenty = await startTwentySimulator({ target: target.url, ...options });
    onFinished(async () => {
      await twenty.close();
      await target.close();
    });
    return { twenty, target };
  };

/** Ask a simulator's REST API, with its key. `body` is JSON, or text as it is. */
export async function ask(
  { origin, apiKey }: TwentySimulator,
  method: string,
  path: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they like
): Promise<{ readonly status: number; readonly json: any }> {
  const response = await fetch(`${origin}/rest/${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}
