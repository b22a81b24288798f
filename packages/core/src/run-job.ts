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
  let event: TwentyEvent | undefined;
  try {
    const read = job.parsed ?? (await readEvent(job.body));
    if (typeof read === 'string') throw hopeless(read, reasonOf(read));
    event = read;
    // The last attempt was begun, and nobody came back from it.
    if (attempt > worker.retry.attempts) throw hopeless('WORKER_LOST', noAttemptLeft);
    const run = worker.handlerOf(job.handler);
    if (run === undefined) throw hopeless('HANDLER_MISSING', noHandler);
    const valid = await validated(read, worker.schemas);
    event = valid;
    const context = { attempt, isStale, signal, delivery, idempotencyKey: key };
    await untilAborted(controller, timeoutMs, () => run(valid, context));
  } catch (cause) {
    if (signal.aborted && !timeouts.has(signal.reason)) return undefined;
    return fail(worker, job, event, cause);
  }
  worker.observe?.({ status: 'job', result: 'done', handlerName: job.handler, key, attempt, event });
  return { state: 'done' };
}

/** Errors after which no further run can help. A mark of its own: a handler may throw errors of ours for its own reasons. */
const hopelessErrors = new WeakSet<object>();
/** Errors that say that the time is up. */
const timeouts = new WeakSet<object>();

function hopeless(code: ErrorCode, message: string, cause?: unknown): WebhookError {
  const error = new WebhookError(code, message, { cause });
  hopelessErrors.add(error);
  return error;
}

const noHandler = 'No handler has this name: was it renamed or removed? Give it its name back, then retry the job';
const noAttemptLeft =
  'No attempt is left: its process ended or lost its lease while it ran (does the handler crash it?), or attempts was lowered';

async function validated(event: TwentyEvent, schemas: Schemas | undefined): Promise<TwentyEvent> {
  if (schemas === undefined) return event;
  const result = await validateEvent(event, schemas);
  if ('event' in result) return result.event;
  throw hopeless('EVENT_INVALID', `${reasonOf('EVENT_INVALID')}. Fields: ${result.paths}`, result.issues);
}

/** Run the handler and wait for it, but neither longer than this nor beyond an abort. */
async function untilAborted(controller: AbortController, timeoutMs: number, run: () => unknown): Promise<void> {
  const { signal } = controller;
  // It may have been taken away while it was read.
  signal.throwIfAborted();
  const timer = setTimeout(() => {
    const tooLate = new WebhookError('HANDLER_TIMEOUT', `The handler did not return within ${timeoutMs} ms`);
    timeouts.add(tooLate);
    controller.abort(tooLate);
  }, timeoutMs);
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
  const isOurs = hopelessErrors.has(cause as object);
  // The issues of a schema, which some libraries make of the values, are for `observe` only.
  const details = isOurs ? error.message : cause;
  const line = `[twenty-webhooks] handler ${JSON.stringify(handlerName)} failed in attempt ${attempt} of ${retry.attempts}`;
  if (isOurs || error.code === 'NON_RETRYABLE' || attempt >= retry.attempts) {
    logger.error(`${line}: job ${key} is dead`, details);
    if (event !== undefined) observe?.({ status: 'job', result: 'dead', handlerName, key, attempt, event, cause });
    return { state: 'dead', error };
  }
  const delayMs = (error.code === 'RETRY_AFTER' ? askedDelayMs(cause) : undefined) ?? retryDelayMs(retry, attempt);
  logger.error(`${line}, next in ${delayMs} ms`, details);
  return { state: 'retry', delayMs, error };
}

/** What a `RetryAfterError` asks for, as far as it can be meant: up to a year. */
function askedDelayMs(cause: unknown): number | undefined {
  const { delayMs } = cause as RetryAfterError;
  return typeof delayMs === 'number' && delayMs >= 0 ? Math.min(Math.round(delayMs), yearMs) : undefined;
}

const yearMs = 365 * 24 * 60 * 60 * 1_000;

/** Whatever a handler throws, in a form that can be stored; long texts are cut. Getters and proxies may throw in their turn. */
function toJobError(cause: unknown): JobError {
  try {
    if (!(cause instanceof Error || isWebhookError(cause))) return { name: 'Thrown', message: cut(toText(cause)) };
    const { name, message, stack } = cause;
    return {
      name: cut(String(name)),
      message: cut(String(message)),
      ...(isWebhookError(cause) && { code: String(cause.code) as ErrorCode }),
      ...(typeof stack === 'string' && { stack: cut(stack) }),
    };
  } catch {
    return { name: 'Thrown', message: 'What was thrown cannot be read' };
  }
}

const toText = (value: unknown): string =>
  typeof value === 'object' ? (JSON.stringify(value) ?? String(value)) : String(value);

const cut = (text: string): string => (text.length > 8_000 ? `${text.slice(0, 8_000)}…` : text);
