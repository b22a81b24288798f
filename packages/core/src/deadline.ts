/** Wait for a promise, but not longer than this; `undefined` when the time is up. A rejection passes through. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<{ readonly value: T } | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    // Above the largest delay of a timer, timers fire at once.
    timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1), undefined);
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
