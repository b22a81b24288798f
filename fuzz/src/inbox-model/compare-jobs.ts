import assert from 'node:assert/strict';
import type { JobInfo } from '@twenty-webhooks/core';
import { endJob, type ModelJob } from './model-job.ts';
import { concurrency, goneHandler } from './settings.ts';

/** Whether something is still to happen to a job before the clock moves or a run is let go. */
export function isBusy(
  info: JobInfo,
  all: readonly JobInfo[],
  { hanging, nowMs }: { readonly hanging: ReadonlyMap<string, unknown>; readonly nowMs: number },
): boolean {
  if (info.state === 'running') return !hanging.has(info.key);
  if (info.state !== 'waiting' || (info.dueAtMs ?? 0) > nowMs) return false;
  const running = all.filter(({ state }) => state === 'running');
  if (running.length >= concurrency) return false;
  const isSameLane = (other: JobInfo): boolean =>
    info.object !== undefined &&
    other.handler === info.handler &&
    other.object === info.object &&
    other.recordId === info.recordId &&
    other.workspaceId === info.workspaceId;
  return !running.some(isSameLane);
}

/** Take over what chance decided, if it is within its bounds; and the end of jobs whose handler is gone. */
export function learn(
  job: ModelJob,
  { found, nowMs }: { readonly found: readonly JobInfo[]; readonly nowMs: number },
): void {
  const info = found.find(({ key }) => key === job.key);
  if (info === undefined) return;
  if (job.handler === goneHandler && job.state === 'waiting' && info.state === 'dead') {
    assert.equal(info.lastError?.code, 'HANDLER_MISSING');
    Object.assign(job, { attempt: job.attempt + 1, lastError: info.lastError?.message });
    endJob(job, 'dead', nowMs);
  }
  if (job.dueBounds === undefined) return;
  const [least, most] = job.dueBounds;
  const { dueAtMs = Number.NaN } = info;
  const isWithin = dueAtMs >= Math.floor(least) && dueAtMs <= Math.ceil(most);
  assert.ok(isWithin, `${job.key} is due at ${dueAtMs}, not ${least} to ${most}`);
  job.dueAtMs = dueAtMs;
  job.dueBounds = undefined;
}

/** What the inbox says of a job, beside what the model says. */
export const shown = ({
  key,
  state,
  handler,
  attempt,
  storedAtMs,
  dueAtMs,
  finishedAtMs,
  lastError,
  event,
  eventId,
  object,
  recordId,
}: JobInfo) => ({
  ...{ key, state, handler, attempt, storedAtMs, dueAtMs, finishedAtMs, lastError: lastError?.message },
  ...{ event, eventId, object, recordId },
});

export const modelled = ({
  key,
  state,
  handler,
  attempt,
  storedAtMs,
  dueAtMs,
  finishedAtMs,
  lastError,
  entry: { event },
}: ModelJob) => ({
  ...{
    key,
    state,
    handler,
    attempt,
    storedAtMs,
    dueAtMs: state === 'waiting' ? dueAtMs : undefined,
    finishedAtMs,
    lastError,
  },
  ...{ event: event.name, eventId: event.id, object: event.record?.object, recordId: event.record?.id },
});
