import type { InboxInspection, JobFilter } from '../inspection.ts';
import { checkOptions, invalidOption, isText, numberFrom, type OptionCheck } from '../option-checks.ts';
import type { JobTable } from './job-table.ts';

export interface InspectedInbox {
  readonly now: () => number;
  transact<T>(task: () => T): Promise<T>;
  /** Write what is known already. */
  settle(): void;
}

/**
 * Make the inspection of a table. Large changes are made in steps, so that nothing else has to wait for them. A misspelt
 * filter is refused: it would change far more than was meant.
 */
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
      checkOptions(options, listChecks, ' of list');
      settle();
      return table.list(options);
    },
    async get(key) {
      settle();
      return table.get(key);
    },
    async retry(which) {
      if (typeof which !== 'string') {
        checkOptions(which, filterChecks, ' of retry');
        requireState(which, ['dead', 'waiting'], 'retry');
      }
      return inSteps(() => table.retry(which, rowsPerStep, now()));
    },
    async purge(filter = {}) {
      checkOptions(filter, purgeChecks, ' of purge');
      requireState(filter, ['done', 'dead'], 'purge');
      return inSteps(() => table.purge(filter, rowsPerStep));
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

const rowsPerStep = 200;
