import type { Outcome } from './outcome.ts';

/** Where a receiver writes: set-up errors, handler errors, dead jobs, refusals. `console` fits. */
export interface Logger {
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

const minuteMs = 60_000;

/**
 * Make the line writer for refused and failed deliveries: at most one line per code and minute, however many arrive, so
 * that nobody outside can flood the log.
 */
export function createOutcomeLog(logger: Logger): (outcome: Outcome, nowMs: number) => void {
  const seen = new Map<string, { sinceMs: number; silenced: number }>();
  return (outcome, nowMs) => {
    // A handler's error was written when it happened, with its stack.
    if (!('code' in outcome) || outcome.code === 'HANDLER_FAILED') return;
    const last = seen.get(outcome.code);
    if (last !== undefined && Math.abs(nowMs - last.sinceMs) < minuteMs) {
      last.silenced++;
      return;
    }
    seen.set(outcome.code, { sinceMs: nowMs, silenced: 0 });
    const more = last?.silenced ? ` (and ${last.silenced} more since the last line)` : '';
    const line = `[twenty-webhooks] ${outcome.code}: ${outcome.reason}${more}`;
    if (outcome.status === 'rejected') logger.warn(line);
    else logger.error(line, ...(outcome.cause === undefined ? [] : [outcome.cause]));
  };
}
