/** Wait for something, but not for ever. @throws Error that says how long it was waited for */
export async function withinLimit(work: void | Promise<void>, limitMs: number = defaultLimitMs): Promise<void> {
  if (!(work instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlowError(`Not done after ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, isOver]);
  } finally {
    clearTimeout(timer);
  }
}

export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

/** Far more than the slowest case takes on a slow machine. */
const defaultLimitMs = 30_000;
