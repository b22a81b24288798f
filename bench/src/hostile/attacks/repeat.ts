import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../attack.ts';
import { exchange } from '../wire/exchange.ts';

/** Something to send, and what has to come back. */
export interface Shape {
  readonly name: string;
  /** Made anew each time, since what is sent twice may be answered otherwise. */
  bytes(): Buffer;
  /** As `Exchange.outcome`. What ends with `open` is not waited for any longer. */
  readonly expected: readonly [string, ...string[]];
}

/**
 * Send each of the shapes again and again, all at the same time, until the attack is over. The first of each is waited for even
 * then, so that a short attack sees late answers, too.
 */
export async function repeatShapes(shapes: readonly Shape[], target: Target): Promise<void> {
  const pauseMs = (shapes.length * 1_000) / target.load.exchangesPerSecond;
  await Promise.all(
    shapes.map(async (shape, index) => {
      await send(shape, { ...target, signal: new AbortController().signal });
      await repeat(target.signal, { firstMs: (pauseMs * index) / shapes.length, pauseMs }, () => send(shape, target));
    }),
  );
}

async function send({ name, bytes, expected }: Shape, target: Target): Promise<void> {
  const { port, tally, signal, bodyTimeoutMs, graceMs } = target;
  const [usual] = expected;
  const answers = usual.endsWith(' open') ? usual.split(' ').length - 1 : undefined;
  const done = await exchange(port, bytes(), { answers, signal, patienceMs: bodyTimeoutMs + graceMs });
  if (done !== undefined) tally.judge(name, done.outcome, expected);
}

/** Do something again and again with pauses between, until the signal. */
export async function repeat(
  signal: AbortSignal,
  { firstMs = 0, pauseMs }: { readonly firstMs?: number; readonly pauseMs: number },
  work: () => Promise<void>,
): Promise<void> {
  await pause(firstMs, signal);
  while (!signal.aborted) {
    await work();
    await pause(pauseMs, signal);
  }
}

/** Wait, but not beyond the end of the attack. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});
