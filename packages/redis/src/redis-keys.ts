import { createHash } from 'node:crypto';

/** Names of keys in Redis. BullMQ's are `<prefix>:<queue>:<what>`, ours lie beside them. */
export interface RedisKeys {
  /** Before the id of a job, for the hash of BullMQ. */
  readonly jobPrefix: string;
  /** A set of BullMQ: `completed`, `failed`, `delayed`, `active`, `wait`. */
  ofBull(what: string): string;
  /** Ids of all jobs by the time at which they were stored. */
  readonly index: string;
  /** What was handled last of a record by a handler. */
  lane(lane: string): string;
}

export function toRedisKeys(prefix: string, queue: string): RedisKeys {
  const jobPrefix = `${prefix}:${queue}:`;
  return {
    jobPrefix,
    ofBull: (what) => jobPrefix + what,
    index: `${jobPrefix}twenty:index`,
    // 128 bits: no two lanes share one by accident.
    lane: (lane) => `${jobPrefix}twenty:lane:${createHash('sha256').update(lane).digest('base64url').slice(0, 22)}`,
  };
}

/**
 * The id of a job in BullMQ: its key can be read in it. A whole number, or a colon, would mean something to BullMQ.
 */
export const toJobId = (key: string): string => `job-${encodeURIComponent(key)}`;
