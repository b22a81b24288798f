import type { InboxInspection } from '../inspection.ts';
import { inspectionOf } from '../inspection-source.ts';
import type { IdRange, JobTable } from './job-table.ts';

export interface InspectedInbox {
  readonly now: () => number;
  transact<T>(task: () => T): Promise<T>;
  /** Write what is known already; throws once the inbox is closed. */
  settle(): void;
}

/** Make the inspection of a table. Large changes are made in steps, so that nothing else has to wait for them. */
export function inspectTable(table: JobTable, { now, transact, settle }: InspectedInbox): InboxInspection {
  /** Once over the jobs that are there now: what comes or changes meanwhile is not looked for. */
  async function inSteps(step: (ids: IdRange) => number): Promise<number> {
    const { first: begin, last: end } = await transact(() => table.ids());
    let total = 0;
    for (let first = begin; first <= end; first += idsPerStep) {
      const ids = { first, last: Math.min(end, first + idsPerStep - 1) };
      total += await transact(() => step(ids));
    }
    return total;
  }

  return inspectionOf({
    async counts() {
      settle();
      return table.counts();
    },
    async list(options) {
      settle();
      return table.list(options);
    },
    async get(key) {
      settle();
      return table.get(key);
    },
    retryOne: (key) => transact(() => table.retryOne(key, now())),
    retryAll(filter) {
      const startedAtMs = now();
      return inSteps((ids) => table.retry(filter, ids, startedAtMs));
    },
    purge: (filter) => inSteps((ids) => table.purge(filter, ids)),
  });
}

const idsPerStep = 200;
