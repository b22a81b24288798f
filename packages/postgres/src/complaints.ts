import { createLineLimit, type Logger } from '@twenty-webhooks/core';
import { withoutData } from './postgres-errors.ts';

/** Writes what goes wrong in the background, at most one line per text and minute: an outage has many errors a second. */
export interface Complaints {
  /** Where to write from now on. */
  logger: Logger;
  complain(text: string, cause?: unknown): void;
}

export function createComplaints(logger: Logger): Complaints {
  const limit = createLineLimit();
  const complaints: Complaints = {
    logger,
    complain(text, cause) {
      if (limit(text, performance.now()) === undefined) return;
      complaints.logger.error(`[twenty-webhooks] ${text}`, ...(cause === undefined ? [] : [withoutData(cause)]));
    },
  };
  return complaints;
}
