import type { InboxInspection } from '../inspection.ts';
import type { JobTable } from './job-table.ts';

export interface InspectedInbox {
  readonly now: () => number;
  transact<T>(task: () => T): Promise<T>;
  /** Write what is known already. */
  settle(): void;
}

/** Make the inspection of a table. Large changes are made in steps, so that nothing else has to wait for them. */
export function inspectTable(table: JobTable, { now, transact, settle }: InspectedInbox): InboxInspection {
  async function inSteps(step: () => number): Promise<number> {
    let total = 0;
    for (;;) {
      const changed = await transact(step);
      total += changed;
      if (changed < rowsPerStep) return total;
    }
  }

  return {
    async counts() {
      settle();
      return table.counts();
    },
    async list(options = {}) {
      settle();
      return table.list(options);
    },
    async get(key) {
      settle();
      return table.get(key);
    },
    retry: (which) => inSteps(() => table.retry(which, rowsPerStep, now())),
    purge: (filter = {}) => inSteps(() => table.purge(filter, rowsPerStep)),
  };
}

const rowsPerStep = 200;
