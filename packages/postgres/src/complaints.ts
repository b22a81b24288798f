import type { Logger } from '@twenty-webhooks/core';
import { withoutData } from './postgres-errors.ts';

/** Writes what goes wrong in the background, at most one line per text and minute: an outage has many errors a second. */
export interface Complaints {
  /** Where to write from now on. */
  logger: Logger;
  complain(text: string, cause?: unknown): void;
}

export function createComplaints(logger: Logger): Complaints {
  const lastMs = new Map<string, number>();
  const complaints: Complaints = {
    logger,
    complain(text, cause) {
      const nowMs = performance.now();
      if (nowMs - (lastMs.get(text) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
      lastMs.set(text, nowMs);
      complaints.logger.error(`[twenty-webhooks] ${text}`, ...(cause === undefined ? [] : [withoutData(cause)]));
    },
  };
  return complaints;
}

const minuteMs = 60_000;
