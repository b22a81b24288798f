import type { Outcome } from './outcome.ts';

/** Where a receiver writes: set-up errors, handler errors, dead jobs, refusals. `console` fits. */
export interface Logger {
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

/**
 * Make a limit of lines: at most one of a kind per minute, however often it happens. Gives how many were left out since the
 * last one; `undefined` for one that is to be left out.
 */
export function createLineLimit(): (kind: string, nowMs: number) => number | undefined {
  const written = new Map<string, { readonly atMs: number; leftOut: number }>();
  return (kind, nowMs) => {
    const last = written.get(kind);
    if (last && Math.abs(nowMs - last.atMs) < 60_000) return void last.leftOut++;
    written.set(kind, { atMs: nowMs, leftOut: 0 });
    return last?.leftOut ?? 0;
  };
}

/**
 * Make the line writer for refused and failed deliveries: at most one line per code and minute, however many arrive, so
 * that nobody outside can flood the log.
 */
export function createOutcomeLog(logger: Logger): (outcome: Outcome, nowMs: number) => void {
  const limit = createLineLimit();
  return (outcome, nowMs) => {
    // A handler's error was written when it happened, with its stack.
    if (!('code' in outcome) || outcome.code === 'HANDLER_FAILED') return;
    const leftOut = limit(outcome.code, nowMs);
    if (leftOut === undefined) return;
    const more = leftOut ? ` (and ${leftOut} more before)` : '';
    const line = `[twenty-webhooks] ${outcome.code}: ${outcome.reason}${more}`;
    if (outcome.status === 'rejected') logger.warn(line);
    else logger.error(line, ...(outcome.cause === undefined ? [] : [outcome.cause]));
  };
}
