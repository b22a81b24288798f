import { isWebhookError, WebhookError } from '@twenty-webhooks/core';

/**
 * Say what keeps Postgres from being used, and what to do. `INBOX_INVALID`: it needs somebody; `INBOX_UNAVAILABLE`: it may
 * pass by itself.
 */
export function explain(cause: unknown): WebhookError {
  if (isWebhookError(cause)) return cause;
  const code = codeOf(cause);
  const found = reasons.find(([codes]) => codes.test(code));
  if (found !== undefined) return new WebhookError('INBOX_INVALID', `${found[1]}: ${messageOf(cause)}`, { cause });
  return new WebhookError('INBOX_UNAVAILABLE', `Postgres cannot be reached: ${messageOf(cause)}`, { cause });
}

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const reasons: readonly (readonly [codes: RegExp, what: string])[] = [
  [/^28/, 'Postgres refused the user or the password; check those in connectionString'],
  [/^3D000$/, 'The database in connectionString does not exist; create it, or correct the name'],
  [
    /^42501$/,
    'The role in connectionString lacks a right. Grant it CREATE on the database for the first start; or run `sql` of this package and the SQL of getConstructionPlans() of pg-boss as an owner, then grant it USAGE on both schemas, and SELECT, INSERT, UPDATE, DELETE on their tables',
  ],
  [/^(3F000|42P01|42703)$/, 'A table or a column is missing; run `sql` of this package, or let the role create it'],
];

/** SQLSTATE, or the code of Node: `ECONNREFUSED`. Of several addresses that were tried, the first. */
export function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  return typeof code === 'string' ? code : errors?.length ? codeOf(errors[0]) : '';
}

function messageOf(error: unknown): string {
  const { message, errors } = (error ?? {}) as { readonly message?: unknown; readonly errors?: readonly unknown[] };
  if (typeof message === 'string' && message !== '') return message;
  return errors?.length ? messageOf(errors[0]) : String(error);
}
