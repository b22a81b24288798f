import {
  isStoredJobFacts,
  type JobError,
  type JobProgress,
  type JobState,
  type StoredJobFacts,
} from '@twenty-webhooks/core';

/** A job as `describeScript` gives it; what is missing is ''. */
export type JobRow = readonly [
  state: JobState,
  due: string,
  data: string,
  timestamp: string,
  processedOn: string,
  finishedOn: string,
  attemptsMade: string,
  stalled: string,
  base: string,
  tries: string,
  error: string,
  failedReason: string,
];

export interface FoundJob {
  readonly job: StoredJobFacts;
  readonly progress: JobProgress;
}

/** `undefined` for a job that somebody else put into the queue. */
export function toFound(row: JobRow): FoundJob | undefined {
  const [state, due, data, timestamp, processedOn, finishedOn, made, stalled, base, tries, error, failedReason] = row;
  const job = readFacts(data);
  if (job === undefined) return undefined;
  const isWaiting = state === 'waiting';
  const storedAtMs = Number(timestamp);
  const begun = Number(made) + Number(stalled) + (state === 'running' ? 1 : 0) - Number(base);
  return {
    job,
    progress: {
      state,
      attempt: state === 'dead' && tries !== '' ? Number(tries) : Math.max(0, begun),
      storedAtMs,
      dueAtMs: isWaiting ? toDueMs(due, storedAtMs) : undefined,
      startedAtMs: toMs(processedOn),
      finishedAtMs: toMs(finishedOn),
      lastError: toError(error, failedReason),
    },
  };
}

/** Somebody else's data may be anything, and its body may have been cut out in the wrong place. */
function readFacts(data: string): StoredJobFacts | undefined {
  try {
    const facts = JSON.parse(data) as unknown;
    return isStoredJobFacts(facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}

const toMs = (text: string): number | undefined => (text === '' ? undefined : Number(text));

/** BullMQ keeps the time in the upper bits of a score, and an order in the lower. */
const toDueMs = (score: string, storedAtMs: number): number =>
  score === '' ? storedAtMs : Math.floor(Number(score) / 0x1000);

function toError(error: string, failedReason: string): JobError | undefined {
  if (error !== '') return JSON.parse(error) as JobError;
  // BullMQ gave it up by itself.
  return failedReason === '' ? undefined : { name: 'Error', message: failedReason };
}
