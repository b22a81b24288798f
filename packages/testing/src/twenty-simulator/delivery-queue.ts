/** Runs jobs, at most so many at the same time, in the order in which they came or in random order. */
export interface DeliveryQueue<TJob> {
  add(job: TJob): void;
  /** Start nothing until `release`. */
  hold(): void;
  release(): void;
  /** Resolves when nothing waits and nothing runs. */
  settled(): Promise<void>;
  /** Forget what waits. What runs is the caller's to end. */
  close(): void;
}

export interface DeliveryQueueOptions<TJob> {
  /** Must not reject. */
  readonly run: (job: TJob) => Promise<void>;
  readonly parallel: number;
  /** The place of the next of so many jobs. */
  readonly pick: (waiting: number) => number;
}

export function createDeliveryQueue<TJob>({ run, parallel, pick }: DeliveryQueueOptions<TJob>): DeliveryQueue<TJob> {
  let waiting: TJob[] = [];
  let running = 0;
  let isHeld = false;
  let isClosed = false;
  let pump: NodeJS.Immediate | undefined;
  let idlers: (() => void)[] = [];

  const isIdle = () => waiting.length === 0 && running === 0;
  const tellIdlers = () => {
    if (!isIdle()) return;
    for (const resolve of idlers) resolve();
    idlers = [];
  };
  const start = () => {
    pump = undefined;
    while (!isHeld && running < parallel && waiting.length > 0) {
      const [job] = waiting.splice(pick(waiting.length), 1);
      if (job === undefined) break;
      running += 1;
      void run(job).then(() => {
        running -= 1;
        start();
        tellIdlers();
      });
    }
  };
  // Not at once: what one piece of code changes waits together, so that there is an order to shuffle.
  const startSoon = () => {
    pump ??= setImmediate(start);
  };
  return {
    add(job) {
      if (isClosed) return;
      waiting.push(job);
      startSoon();
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      startSoon();
    },
    settled: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    close() {
      isClosed = true;
      clearImmediate(pump);
      waiting = [];
      tellIdlers();
    },
  };
}
