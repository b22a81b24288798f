import { checkOptions, numberFrom, type OptionCheck, wholeNumberFrom } from './option-checks.ts';

/** How often and when failed jobs are run again. */
export interface RetryOptions {
  /** Runs in all, the first one included. @default 10 */
  readonly attempts?: number | undefined;
  /** Before the second run; doubles from run to run. @default 1 000 */
  readonly minDelayMs?: number | undefined;
  /** The delay grows to this. @default 3 600 000 */
  readonly maxDelayMs?: number | undefined;
}

/** The `RetryOptions` with every default filled in. */
export type RetryPolicy = { readonly [Name in keyof RetryOptions]-?: number };

/** @throws OPTION_INVALID */
export function toRetryPolicy(options: RetryOptions = {}): RetryPolicy {
  checkOptions(options, checks, ' of retry');
  const { attempts = 10, minDelayMs = 1_000, maxDelayMs = 3_600_000 } = options;
  return { attempts, minDelayMs, maxDelayMs };
}

/** How long to wait after this attempt: twice as long each time, and half of it by chance, so that what failed together does not come back together. */
export function retryDelayMs({ minDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
  const full = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 31));
  return Math.round(full * (0.5 + Math.random() / 2));
}

const checks: { readonly [Name in keyof RetryOptions]-?: OptionCheck } = {
  attempts: wholeNumberFrom(1),
  minDelayMs: numberFrom(0),
  maxDelayMs: numberFrom(0),
};
