// How the inbox under test is set up.

/** Jobs are put for it, but nobody has it. */
export const goneHandler = 'gone';
export const retentionMs = 24 * 60 * 60 * 1_000;
export const concurrency = 4;
export const attempts = 3;
export const minDelayMs = 1_000;
export const maxDelayMs = 1_500;
/** Of a `RetryAfterError`. */
export const askedMs = 7_000;
