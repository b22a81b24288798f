import { isWebhookError, WebhookError } from '@twenty-webhooks/core';

/**
 * Say what keeps Postgres from being used, and what to do. `INBOX_INVALID`: it needs somebody; `INBOX_UNAVAILABLE`: it may
 * pass by itself.
 */
export function explain(cause: unknown): WebhookError {
  if (isWebhookError(cause)) return cause;
  const clean = withoutData(cause);
  const found = reasons.find(([codes]) => codes.test(clean.code));
  if (found !== undefined) return new WebhookError('INBOX_INVALID', `${found[1]}: ${clean.message}`, { cause: clean });
  return new WebhookError('INBOX_UNAVAILABLE', `Postgres cannot be reached: ${clean.message}`, { cause: clean });
}

/**
 * An error with its code and its message only: Postgres says in `detail` and `where` what it was given, bodies included. Of
 * several addresses that were tried, the first.
 */
export function withoutData(error: unknown): Error & { readonly code: string } {
  const { code, message, stack, errors } = (error ?? {}) as Partial<Error & { code: unknown; errors: unknown[] }>;
  if (errors?.length) return withoutData(errors[0]);
  const clean = new Error(message || String(error));
  if (stack !== undefined) clean.stack = stack;
  return Object.assign(clean, { code: typeof code === 'string' ? code : '' });
}

/** pg-boss's own code for a queue that does not exist. */
const queueGone = 'PGBOSS_QUEUE_NOT_FOUND';

export const isQueueGone = (cause: unknown): boolean => withoutData(cause).code === queueGone;

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const reasons: readonly (readonly [codes: RegExp, what: string])[] = [
  [/^28/, 'Postgres refused the user or the password; check those in connectionString'],
  [/^3D000$/, 'The database in connectionString does not exist; create it, or correct the name'],
  [
    /^42501$/,
    'The role in connectionString lacks a right. Grant it CREATE on the database for the first start; or run `sql` of this package and the SQL of getConstructionPlans() of pg-boss as an owner, then grant it USAGE on both schemas, and SELECT, INSERT, UPDATE, DELETE on their tables',
  ],
  [new RegExp(`^${queueGone}$`), 'The queue was deleted in pg-boss; it is made again'],
  [/^(3F000|42P01|42703)$/, 'A table or a column is missing; run `sql` of this package, or let the role create it'],
];
