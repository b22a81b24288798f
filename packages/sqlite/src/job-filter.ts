import type { JobFilter, JobState } from '@twenty-webhooks/core';

/** What follows WHERE, and the values for its question marks. A job that is purged fits no filter. */
export function toCondition({ state, object, handler }: JobFilter): {
  readonly sql: string;
  readonly values: string[];
} {
  const parts = [state === undefined ? "state <> 'purged'" : states[state]];
  const values: string[] = [];
  if (object !== undefined) {
    parts.push('object = ?');
    values.push(object);
  }
  if (handler !== undefined) {
    parts.push('handler = ?');
    values.push(handler);
  }
  return { sql: parts.join(' AND '), values };
}

/** Written out, so that SQLite sees which of its partial indexes fit. */
const states: Readonly<Record<JobState, string>> = {
  waiting: "state IN ('waiting', 'blocked')",
  running: "state = 'running'",
  done: "state = 'done'",
  dead: "state = 'dead'",
};
