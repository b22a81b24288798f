import type { InboxInspection, JobFilter } from '../inspection.ts';
import { checkOptions, invalidOption, isText, numberFrom, type OptionCheck } from '../option-checks.ts';
import type { IdRange, JobTable } from './job-table.ts';

export interface InspectedInbox {
  readonly now: () => number;
  transact<T>(task: () => T): Promise<T>;
  /** Write what is known already; throws once the inbox is closed. */
  settle(): void;
}

/**
 * Make the inspection of a table. Large changes are made in steps, so that nothing else has to wait for them. A misspelt
 * filter is refused: it would change far more than was meant.
 */
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

  return {
    async counts() {
      settle();
      return table.counts();
    },
    async list(options = {}) {
      checkOptions(options, listChecks, ' of list');
      settle();
      return table.list({ ...options, limit: options.limit ?? 100 });
    },
    async get(key) {
      settle();
      return table.get(key);
    },
    async retry(which) {
      if (typeof which === 'string') return transact(() => table.retryOne(which, now()));
      checkOptions(which, filterChecks, ' of retry');
      requireState(which, ['dead', 'waiting'], 'retry');
      const filter = { ...which, state: which.state ?? 'dead' };
      const startedAtMs = now();
      return inSteps((ids) => table.retry(filter, ids, startedAtMs));
    },
    async purge(which = {}) {
      checkOptions(which, purgeChecks, ' of purge');
      requireState(which, ['done', 'dead'], 'purge');
      const filter = { ...which, state: which.state ?? 'done' };
      return inSteps((ids) => table.purge(filter, ids));
    },
  };
}

function requireState({ state }: JobFilter, states: readonly string[], owner: string): void {
  if (state === undefined || states.includes(state)) return;
  throw invalidOption(`The option "state" of ${owner} must be ${states.join(' or ')}`);
}

const aText: OptionCheck = [isText, 'a text'];
const aTime: OptionCheck = [Number.isSafeInteger, 'a whole number'];
const filterChecks = {
  state: [
    (value: unknown) => ['waiting', 'running', 'done', 'dead'].includes(value as string),
    'waiting, running, done or dead',
  ],
  object: aText,
  handler: aText,
} satisfies Record<keyof JobFilter, OptionCheck>;
const purgeChecks = { ...filterChecks, finishedBeforeMs: aTime };
const listChecks = {
  ...filterChecks,
  before: aText,
  limit: [(value: unknown) => Number.isSafeInteger(value) && numberFrom(1)[0](value), 'a whole number from 1'],
} satisfies Record<string, OptionCheck>;

const idsPerStep = 200;
