export interface SimulatorClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Run something once, later. Returns how to cancel that. */
  setTimeout(run: () => void, ms: number): () => void;
}

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends SimulatorClock {
  /**
   * Go on by so much, and run what falls due on the way, each at its own time. What that starts on sockets is not waited
   * for: await `settled()` before the next step.
   */
  advance(ms: number): Promise<void>;
}

export const machineClock: SimulatorClock = {
  now: () => Date.now(),
  setTimeout(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Make a clock that a test moves by hand. @param startMs what it shows at first; default: the present */
export function createManualClock(startMs: number = Date.now()): ManualClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly dueMs: number; readonly run: () => void }>();

  const nextUntil = (endMs: number) => {
    const due = [...timers].filter(({ dueMs }) => dueMs <= endMs);
    return due.reduce<(typeof due)[number] | undefined>(
      (first, timer) => (first === undefined || timer.dueMs < first.dueMs ? timer : first),
      undefined,
    );
  };
  return {
    now: () => nowMs,
    setTimeout(run, ms) {
      const timer = { dueMs: nowMs + Math.max(0, ms), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      for (let timer = nextUntil(endMs); timer !== undefined; timer = nextUntil(endMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.run();
        // What follows without a socket, such as a timer that is set after a promise, still belongs to this time.
        await new Promise((resolve) => setImmediate(resolve));
      }
      nowMs = endMs;
    },
  };
}
