/** Wait for a promise, but not longer than this; `undefined` when the time is up. A rejection passes through. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<{ readonly value: T } | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    // In steps, so that time in which the event loop was blocked hardly counts: what came meanwhile is not read yet. Above
    // the largest delay of a timer, timers fire at once.
    const stepMs = Math.min(timeoutMs, 2 ** 31 - 1) / 4;
    const wait = (left: number): void => {
      timer = setTimeout(left ? () => wait(left - 1) : resolve, stepMs, undefined);
    };
    wait(timeoutMs && 3);
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
