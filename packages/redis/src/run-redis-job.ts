import {
  bodyOf,
  type ClaimedJob,
  deliveryOf,
  entryEventOf,
  type JobEnd,
  type JobWorker,
  laneOf,
  runJob,
  type StoredJob,
} from '@twenty-webhooks/core';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { InboxSettings } from './inbox-options.ts';
import { type RedisKeys, toJobId } from './redis-keys.ts';
import type { RedisLog } from './redis-log.ts';
import { runScript } from './redis-script.ts';
import { RetryLater, toText } from './run-failure.ts';
import { claimScript, failedScript, handledScript } from './run-scripts.ts';

export interface RunContext {
  readonly client: Redis;
  readonly keys: RedisKeys;
  readonly jobWorker: JobWorker;
  readonly settings: InboxSettings;
  readonly log: RedisLog;
}

export interface EndedRun {
  readonly end: JobEnd;
  /** What has to be there before BullMQ settles the job. */
  readonly written: Promise<unknown>;
}

/**
 * Run a job that BullMQ has claimed, and keep what BullMQ does not: the error, and what was handled of the record. It is to be
 * written before BullMQ settles the job, so that a process that dies in between runs the job again. `undefined` if the run was
 * aborted.
 */
export async function runRedisJob(
  job: Job<StoredJob>,
  controller: AbortController,
  { client, keys, jobWorker, settings, log }: RunContext,
): Promise<EndedRun | undefined> {
  const { data, token = '' } = job;
  const { key, handler } = data;
  const jobKey = keys.jobPrefix + toJobId(key);
  const event = entryEventOf(data);
  const lane = laneOf(handler, event);
  const laneKey = keys.lane(lane ?? '');
  const changedAtMs = lane === undefined ? undefined : event.record?.changedAtMs;
  const made = job.attemptsMade + job.stalledCounter;
  // What was never tried was never dead: half of the question is saved.
  const [base, handledMs] =
    made === 0
      ? ['0', await client.get(laneKey)]
      : await runScript<[string, string]>(client, claimScript, [jobKey, laneKey]);
  const isStale = changedAtMs !== undefined && Number(handledMs) > changedAtMs;
  // Failed runs, runs that a crash ended, and this one; since it was dead last, if it was.
  const attempt = Math.max(1, made + 1 - Number(base));
  const claimed: ClaimedJob = { key, handler, attempt, isStale, body: bodyOf(data), delivery: deliveryOf(data) };
  const end = await runJob(jobWorker, claimed, controller, settings.runTimeoutMs);
  if (end === undefined) return undefined;
  if (end.state === 'done') {
    const retentionMs = Math.ceil(settings.retentionMs);
    if (changedAtMs !== undefined && !isStale && retentionMs > 0) {
      // Sent on the connection over which BullMQ settles, and so done before.
      runScript(client, handledScript, [laneKey, changedAtMs, retentionMs]).catch(log);
    }
    return { end, written: Promise.resolve() };
  }
  const tries = end.state === 'dead' ? attempt : '';
  const args = [jobKey, `${jobKey}:lock`, token, JSON.stringify(end.error), tries];
  // It needs the lock, which BullMQ takes away: a script that Redis has forgotten is sent once more.
  return { end, written: runScript(client, failedScript, args).catch(log) };
}

/** Tell BullMQ how a run ended, as it wants to be told. @throws what BullMQ makes a retry or a failure of */
export function settle(end: JobEnd): void {
  if (end.state === 'done') return;
  const message = toText(end.error);
  const failure = end.state === 'dead' ? new UnrecoverableError(message) : new RetryLater(message, end.delayMs);
  // For its dashboards.
  failure.stack = end.error.stack ?? message;
  throw failure;
}
