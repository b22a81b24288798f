import { createLineLimit, type Logger } from '@twenty-webhooks/core';
import { toRedisError } from './redis-errors.ts';

/** Write that something is wrong with Redis; at most one line per kind and minute, however often it happens. */
export type RedisLog = (thrown: unknown) => void;

export function createRedisLog(loggerOf: () => Logger, now: () => number = Date.now): RedisLog {
  const limit = createLineLimit();
  return (thrown) => {
    const { code, message } = toRedisError(thrown);
    // An outage shows in many words: refused, closed, reset.
    const kind = code === 'INBOX_UNAVAILABLE' ? code : message;
    if (limit(kind, now()) === undefined) return;
    loggerOf().error(`[twenty-webhooks] ${code}: ${message}. It tries again`);
  };
}
