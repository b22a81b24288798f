import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** Wait for a promise. @throws Error, saying what did not happen, when the time is up */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = pass(timeoutMs, timer.signal).then(() => {
    throw new Error(`${what}: not within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}

/** In steps, so that time in which the process stood still hardly counts: what came meanwhile is not read yet. */
async function pass(ms: number, signal: AbortSignal): Promise<void> {
  for (let step = 0; step < steps; step++) await sleep(ms / steps, undefined, { signal });
}

/** The same for those who look again and again: whether so much time is up. */
function createTimeLimit(timeoutMs: number): () => boolean {
  let [leftMs, lastMs] = [timeoutMs, performance.now()];
  return () => {
    const nowMs = performance.now();
    leftMs -= Math.min(nowMs - lastMs, timeoutMs / steps);
    lastMs = nowMs;
    return leftMs < 0;
  };
}

const steps = 4;

/** Wait until something is so; whether it came to be in time. */
export async function becomes(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const isOver = createTimeLimit(timeoutMs);
  while (!condition()) {
    if (isOver()) return false;
    await sleep(5);
  }
  return true;
}

/** A promise and the function that fulfils it. */
export function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Wait until something is so. @throws Error, saying what did not happen, when the time is up */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const isOver = createTimeLimit(timeoutMs);
  while (!(await condition())) {
    if (isOver()) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(5);
  }
}

/** Wait until what is read equals this. @throws AssertionError with what it was in the end, when the time is up */
export async function becomesEqual<T>(
  read: () => T | Promise<T>,
  expected: NoInfer<T>,
  what: string | undefined,
  timeoutMs: number,
): Promise<void> {
  const isOver = createTimeLimit(timeoutMs);
  for (;;) {
    const actual = await read();
    if (isDeepStrictEqual(actual, expected)) return;
    if (isOver()) assertEqual<unknown>(actual, expected, what);
    await sleep(5);
  }
}

/** As `deepEqual`, but with what it is about beside the difference. */
export function assertEqual<T>(actual: T, expected: NoInfer<T>, what = 'what was read'): void {
  try {
    assert.deepEqual(actual, expected);
  } catch (cause) {
    throw new assert.AssertionError({ message: `${what}: ${(cause as Error).message}`, actual, expected });
  }
}
