import type {
  InboxInspection,
  JobCounts,
  JobDetails,
  JobFilter,
  JobInfo,
  ListOptions,
  PurgeFilter,
} from './inspection.ts';
import { checkOptions, invalidOption, isText, type OptionCheck, wholeNumberFrom } from './option-checks.ts';

/** What an inbox does for its `inspection`; arguments are checked, and have their defaults. */
export interface InspectionSource {
  counts(): Promise<JobCounts>;
  list(options: ListOptions & { readonly limit: number }): Promise<readonly JobInfo[]>;
  get(key: string): Promise<JobDetails | undefined>;
  /** Also of a job that waits. How many: 0 or 1. */
  retryOne(key: string): Promise<number>;
  retryAll(filter: JobFilter & { readonly state: 'dead' | 'waiting' }): Promise<number>;
  purge(filter: PurgeFilter & { readonly state: 'done' | 'dead' }): Promise<number>;
}

/** The inspection of an inbox. A misspelt filter is refused: it would change far more than was meant. */
export function inspectionOf(source: InspectionSource): InboxInspection {
  return {
    counts: () => source.counts(),
    async list(options = {}) {
      checkOptions(options, listChecks, ' of list');
      return source.list({ ...options, limit: options.limit ?? 100 });
    },
    get: (key) => source.get(key),
    async retry(which) {
      if (typeof which === 'string') return source.retryOne(which);
      checkOptions(which, filterChecks, ' of retry');
      return source.retryAll({ ...which, state: oneOf(which.state ?? 'dead', ['dead', 'waiting'], 'retry') });
    },
    async purge(which = {}) {
      checkOptions(which, purgeChecks, ' of purge');
      return source.purge({ ...which, state: oneOf(which.state ?? 'done', ['done', 'dead'], 'purge') });
    },
  };
}

function oneOf<T extends string>(state: string, states: readonly T[], owner: string): T {
  const found = states.find((one) => one === state);
  if (found !== undefined) return found;
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
const listChecks = { ...filterChecks, before: aText, limit: wholeNumberFrom(1) } satisfies Record<string, OptionCheck>;
