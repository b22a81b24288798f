import { type ErrorCode, isWebhookError, type RetryAfterError, WebhookError } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import type { Handler } from './handler.ts';
import type { ClaimedJob, JobEnd, JobError } from './inbox.ts';
import type { Logger } from './logger.ts';
import type { JobEnded } from './observation.ts';
import { reasonOf } from './outcome.ts';
import { readEvent } from './parse-event.ts';
import { type RetryPolicy, retryDelayMs } from './retry.ts';
import type { Schemas } from './standard-schema.ts';
import { validateEvent } from './validate-event.ts';

/** What a receiver gives its inbox for running jobs: its handlers, and what to do when one fails. */
export interface JobWorker {
  /** A handler by its name; `undefined` if there is none, for instance since a deploy. */
  handlerOf(name: string): Handler | undefined;
  readonly retry: RetryPolicy;
  readonly schemas: Schemas | undefined;
  readonly logger: Logger;
  readonly observe: ((ended: JobEnded) => void) | undefined;
}

/**
 * Run a job once and decide what becomes of it: the one place for all inboxes. The event is made anew of the stored bytes;
 * signature and time were judged when it was received. Never rejects.
 *
 * After `timeoutMs` it aborts `controller`, and the run has failed. If somebody else aborts it, it resolves at once with
 * `undefined` and says nothing: who takes a run away knows what becomes of its job.
 */
export async function runJob(
  worker: JobWorker,
  job: ClaimedJob,
  controller: AbortController,
  timeoutMs: number,
): Promise<JobEnd | undefined> {
  const { attempt, isStale, delivery, key } = job;
  const { signal } = controller;
  const tooLate = new WebhookError('HANDLER_TIMEOUT', `The handler did not return within ${timeoutMs} ms`);
  let event: TwentyEvent | undefined;
  try {
    const read = job.parsed ?? (await readEvent(job.body));
    if (typeof read === 'string') throw new HopelessError(read, reasonOf(read));
    event = read;
    // The last attempt was begun, and nobody came back from it.
    if (attempt > worker.retry.attempts) throw new HopelessError('WORKER_LOST', lost);
    const run = worker.handlerOf(job.handler);
    if (run === undefined) throw new HopelessError('HANDLER_MISSING', noHandler);
    const valid = await validated(read, worker.schemas);
    event = valid;
    const context = { attempt, isStale, signal, delivery, idempotencyKey: key };
    await untilAborted(controller, timeoutMs, tooLate, () => run(valid, context));
  } catch (cause) {
    if (signal.aborted && signal.reason !== tooLate) return undefined;
    return fail(worker, job, event, cause);
  }
  worker.observe?.({ status: 'job', result: 'done', handlerName: job.handler, key, attempt, event });
  return { state: 'done' };
}

/** No further run can help. */
class HopelessError extends WebhookError {}

const noHandler = 'No handler has this name: was it renamed or removed? Give it its name back, then retry the job';
const lost = 'Its process ended or lost its lease in every attempt: does the handler crash it?';

async function validated(event: TwentyEvent, schemas: Schemas | undefined): Promise<TwentyEvent> {
  if (schemas === undefined) return event;
  const result = await validateEvent(event, schemas);
  if ('event' in result) return result.event;
  throw new HopelessError('EVENT_INVALID', `${reasonOf('EVENT_INVALID')}. Fields: ${result.paths}`, {
    cause: result.issues,
  });
}

/** Run the handler and wait for it, but neither longer than this nor beyond an abort. */
async function untilAborted(
  controller: AbortController,
  timeoutMs: number,
  tooLate: WebhookError,
  run: () => unknown,
): Promise<void> {
  const { signal } = controller;
  // It may have been taken away while it was read.
  signal.throwIfAborted();
  const timer = setTimeout(() => controller.abort(tooLate), timeoutMs);
  // On Node a handler that never returns must not keep the process alive.
  (timer as { unref?: () => void }).unref?.();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([run(), aborted]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

function fail(worker: JobWorker, job: ClaimedJob, event: TwentyEvent | undefined, cause: unknown): JobEnd {
  const { logger, observe, retry } = worker;
  const { handler: handlerName, key, attempt } = job;
  const error = toJobError(cause);
  const who = `[twenty-webhooks] handler ${JSON.stringify(handlerName)}`;
  const isHopeless = cause instanceof HopelessError || error.code === 'NON_RETRYABLE' || attempt >= retry.attempts;
  if (isHopeless) {
    logger.error(`${who} failed in attempt ${attempt} of ${retry.attempts}: job ${key} is dead`, cause);
    if (event !== undefined) observe?.({ status: 'job', result: 'dead', handlerName, key, attempt, event, cause });
    return { state: 'dead', error };
  }
  const asked = error.code === 'RETRY_AFTER' ? Number((cause as RetryAfterError).delayMs) : Number.NaN;
  const delayMs = asked >= 0 && asked < Number.POSITIVE_INFINITY ? asked : retryDelayMs(retry, attempt);
  logger.error(`${who} failed in attempt ${attempt} of ${retry.attempts}, next in ${delayMs} ms`, cause);
  return { state: 'retry', delayMs, error };
}

/** Whatever a handler throws, in a form that can be stored; long texts are cut. */
export function toJobError(cause: unknown): JobError {
  const isError = cause instanceof Error || isWebhookError(cause);
  if (!isError) return { name: 'Thrown', message: cut(toText(cause)) };
  const { name, message, stack } = cause;
  const code: ErrorCode | undefined = isWebhookError(cause) ? cause.code : undefined;
  return {
    name: cut(String(name)),
    message: cut(String(message)),
    ...(code !== undefined && { code }),
    ...(typeof stack === 'string' && { stack: cut(stack) }),
  };
}

function toText(value: unknown): string {
  try {
    return typeof value === 'object' ? (JSON.stringify(value) ?? String(value)) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

const cut = (text: string): string => (text.length > 8_000 ? `${text.slice(0, 8_000)}…` : text);
