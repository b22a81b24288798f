/** The time of a simulated Twenty: the real one, or one that a test moves. */
export interface SimulatorClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Run something once, later. Returns how to cancel that. */
  setTimeout(run: () => void, ms: number): () => void;
  /** Hears of every delivery that goes out. A clock that jumps can let it end first, lest a jump be taken for slowness. */
  waitFor?(delivery: Promise<void>): void;
}

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends SimulatorClock {
  /**
   * Go on by so much, and run what falls due on the way, each at its own time. Before each step the deliveries under way
   * may end; whoever has not answered within a second of real time has to do with the time of this clock.
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
  const underWay = new Set<Promise<void>>();

  const nextUntil = (endMs: number) => {
    const due = [...timers].filter(({ dueMs }) => dueMs <= endMs);
    return due.reduce<(typeof due)[number] | undefined>(
      (first, timer) => (first === undefined || timer.dueMs < first.dueMs ? timer : first),
      undefined,
    );
  };
  /** What follows at once still belongs to this time: deliveries, and timers that are set after them. */
  const settle = async () => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (underWay.size === 0) return;
      await Promise.all(underWay);
    }
  };
  return {
    now: () => nowMs,
    setTimeout(run, ms) {
      const timer = { dueMs: nowMs + Math.max(0, ms), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    waitFor(delivery) {
      const ended = endWithin(delivery, patienceMs).then(() => void underWay.delete(ended));
      underWay.add(ended);
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (let timer = nextUntil(endMs); timer !== undefined; timer = nextUntil(endMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** Of real time: a receiver on a busy machine answers sooner. In steps: while this process stands still it hears no answer. */
const patienceMs = 1_000;

const endWithin = (work: Promise<void>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const wait = (steps: number): void => {
      timer = setTimeout(() => (steps === 1 ? resolve() : wait(steps - 1)), ms / 4);
    };
    wait(4);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
