/**
 * Wait for Ctrl+C (SIGINT) or SIGTERM. Another one later on ends the process at once. `npx` passes Ctrl+C on to a command
 * that got it already, so two within half a second are one.
 */
export function untilStopped(): Promise<void> {
  let stoppedAtMs: number | undefined;
  return new Promise((resolve) => {
    for (const [signal, exitCode] of signals) {
      process.on(signal, () => {
        stoppedAtMs ??= performance.now();
        if (performance.now() - stoppedAtMs > sameMs) process.exit(exitCode);
        resolve();
      });
    }
  });
}

// 128 and the number of the signal.
const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;
const sameMs = 500;
