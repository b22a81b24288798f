import type { StoredJob } from '@twenty-webhooks/core';
import { type IRedisTransaction, Job, type Queue } from 'bullmq';
import { toJobId } from './redis-keys.ts';

/** Queue BullMQ's command that stores a job. Gives the job's score in the index. */
export function addJob(transaction: IRedisTransaction, queue: Queue, data: StoredJob): string {
  const stamp = nextStamp();
  const jobId = toJobId(data.key);
  const job = new Job(queue, data.handler, data, toOptions(jobId, stamp), jobId);
  // What it resolves with is that the command is queued, not that it is done.
  void job.addJob(transaction);
  return String(stamp);
}

/** How often BullMQ may try is not its decision but that of `runJob`: as good as always. */
export const noLimit = 1_000_000_000;

const toOptions = (jobId: string, stamp: number) => ({
  jobId,
  timestamp: Math.floor(stamp / 1_000),
  attempts: noLimit,
  backoff: { type: 'asked' },
  stackTraceLimit: 1,
});

let lastStamp = 0;

/** When a job was stored, in thousandths of milliseconds: those of one process keep their order. */
function nextStamp(): number {
  lastStamp = Math.max(lastStamp + 1, Date.now() * 1_000);
  return lastStamp;
}
