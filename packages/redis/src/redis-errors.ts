import { isWebhookError, WebhookError } from '@twenty-webhooks/core';

/**
 * Say what is wrong with Redis, and how to mend it. `INBOX_INVALID` does not go away by itself. Whatever an error of ioredis
 * knows of the command, passwords and bodies among it, is left out.
 */
export function toRedisError(thrown: unknown): WebhookError {
  if (isWebhookError(thrown)) return thrown;
  // A transaction was given up; what was wrong with its commands stands beside.
  const { previousErrors } = Object(thrown) as { readonly previousErrors?: unknown };
  if (Array.isArray(previousErrors) && previousErrors.length > 0) return toRedisError(previousErrors[0]);
  const cause = toPlainError(thrown);
  const { message } = cause;
  const known = knownErrors.find(({ sign }) => sign.test(message));
  if (known !== undefined) return new WebhookError(known.code, known.text(message), { cause });
  return new WebhookError(
    'INBOX_UNAVAILABLE',
    `Redis could not be reached, or did not do what it was asked: ${message}`,
    {
      cause,
    },
  );
}

/** An error with the same text, but without the command and what else hangs on it. */
export function toPlainError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  const { name, message, stack } = thrown;
  const { code } = thrown as { readonly code?: unknown };
  const plain = new Error(message);
  plain.name = name;
  if (stack !== undefined) plain.stack = stack;
  return typeof code === 'string' ? Object.assign(plain, { code }) : plain;
}

const knownErrors: readonly {
  readonly sign: RegExp;
  readonly code: 'INBOX_INVALID' | 'INBOX_UNAVAILABLE';
  readonly text: (message: string) => string;
}[] = [
  {
    sign: /^WRONGPASS|invalid password/,
    code: 'INBOX_INVALID',
    text: () =>
      'Redis refuses the user name or the password. Correct them in `connection`: redis://user:password@host:6379',
  },
  {
    sign: /^NOAUTH/,
    code: 'INBOX_INVALID',
    text: () => 'Redis wants a password, and `connection` has none. Put it there: redis://:password@host:6379',
  },
  {
    sign: /NOPERM|No permissions/i,
    code: 'INBOX_INVALID',
    text: (message) =>
      `The user of Redis may not do all that the inbox needs: ${message}. Let it: ACL SETUSER <user> ~<prefix>:* &* +@all -@dangerous +info`,
  },
  {
    sign: /DB index is out of range/,
    code: 'INBOX_INVALID',
    text: () => 'Redis has no database of this number. Correct it in `connection`: redis://host:6379/0',
  },
  {
    sign: /^READONLY/,
    code: 'INBOX_INVALID',
    text: () => 'This Redis is a replica, which cannot be written to. Put the address of the primary into `connection`',
  },
  {
    sign: /^OOM/,
    code: 'INBOX_UNAVAILABLE',
    text: () => 'Redis has reached its maxmemory. Give it more, or keep jobs for a shorter time: `retentionDays`',
  },
  {
    sign: /^MISCONF/,
    code: 'INBOX_UNAVAILABLE',
    text: () => 'Redis cannot write to its disk, and takes nothing in. Is the disk full? Its own log says why',
  },
  {
    sign: /ECONNREFUSED/,
    code: 'INBOX_UNAVAILABLE',
    text: (message) => `Nothing listens there: ${message}. Start Redis, or correct the address in \`connection\``,
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN/,
    code: 'INBOX_UNAVAILABLE',
    text: (message) => `There is no host of this name: ${message}. Correct the address in \`connection\``,
  },
  {
    sign: /ETIMEDOUT|Command timed out/,
    code: 'INBOX_UNAVAILABLE',
    text: (message) => `Redis does not answer: ${message}. Is it overloaded, or a firewall before it?`,
  },
];
