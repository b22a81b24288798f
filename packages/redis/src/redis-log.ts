import type { Logger } from '@twenty-webhooks/core';
import { toRedisError } from './redis-errors.ts';

/** Write that something is wrong with Redis; at most one line per kind and minute, however often it happens. */
export type RedisLog = (thrown: unknown) => void;

export function createRedisLog(loggerOf: () => Logger, now: () => number = Date.now): RedisLog {
  const writtenAtMs = new Map<string, number>();
  return (thrown) => {
    const { code, message } = toRedisError(thrown);
    // An outage shows in many words: refused, closed, reset.
    const kind = code === 'INBOX_UNAVAILABLE' ? code : message;
    const nowMs = now();
    const last = writtenAtMs.get(kind);
    if (last !== undefined && Math.abs(nowMs - last) < minuteMs) return;
    writtenAtMs.set(kind, nowMs);
    loggerOf().error(`[twenty-webhooks] ${code}: ${message}. The inbox tries again`);
  };
}

const minuteMs = 60_000;
