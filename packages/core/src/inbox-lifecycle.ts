import type { Inbox } from './inbox.ts';
import type { JobWorker } from './run-job.ts';

/** When a receiver's inbox works, and whether the process stays alive for it. */
export interface InboxLifecycle {
  /** Run jobs from now on, as long as something else keeps the process alive. */
  work(): void;
  /** Run jobs, and keep the process alive for them until `close`. */
  start(): void;
  close(graceMs: number): Promise<void>;
}

export function createInboxLifecycle(inbox: Inbox, worker: JobWorker): InboxLifecycle {
  let isWorking = false;
  let isClosed = false;
  let alive: ReturnType<typeof setInterval> | undefined;

  const work = (): void => {
    if (isWorking) return;
    isWorking = true;
    inbox.work(worker);
  };

  return {
    work,
    start() {
      if (isClosed) return;
      work();
      alive ??= setInterval(() => {}, 2 ** 30);
    },
    async close(graceMs) {
      isClosed = true;
      clearInterval(alive);
      await inbox.close({ graceMs });
    },
  };
}
