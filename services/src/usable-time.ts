/**
 * Start to measure how long something takes, in milliseconds that this process could use: one that gets no CPU for a second does
 * not count it. Gives how to stop, and read.
 */
export function measureUsableMs(): () => number {
  let usableMs = 0;
  let lastMs = performance.now();
  const count = (): void => {
    const nowMs = performance.now();
    usableMs += Math.min(nowMs - lastMs, mostMs);
    lastMs = nowMs;
  };
  const timer = setInterval(count, 10);
  return () => {
    clearInterval(timer);
    count();
    return usableMs;
  };
}

/** So much later than the last step a process is that has other things to do; one that is later stood still. */
const mostMs = 50;
