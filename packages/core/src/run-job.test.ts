import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { NonRetryableError, RetryAfterError, WebhookError } from './errors.ts';
import type { Handler } from './handler.ts';
import type { ClaimedJob } from './inbox.ts';
import type { JobEnded } from './observation.ts';
import { toRetryPolicy } from './retry.ts';
import { type JobWorker, runJob } from './run-job.ts';
import type { Schemas } from './standard-schema.ts';
import { createGate, createLog, serverBody, toBytes } from './testdata/deliveries.ts';

const body = toBytes(JSON.stringify(serverBody('person.created')));
const delivery = {
  receivedAtMs: 1,
  scheme: 'timestamped',
  secretIndex: 1,
  signedAtMs: 2,
  nonce: 'n',
} as const;
const jobOf = (changes: Partial<ClaimedJob> = {}): ClaimedJob => ({
  key: 'key-1',
  handler: 'mails',
  attempt: 1,
  isStale: false,
  body,
  delivery,
  ...changes,
});

function setup(handler: Handler | undefined, options: { attempts?: number; schemas?: Schemas } = {}) {
  const log = createLog();
  const observed: JobEnded[] = [];
  const worker: JobWorker = {
    handlerOf: (name) => (name === 'mails' ? handler : undefined),
    retry: toRetryPolicy({ attempts: options.attempts ?? 3 }),
    schemas: options.schemas,
    logger: log,
    observe: (ended) => observed.push(ended),
  };
  const controller = new AbortController();
  const run = (changes?: Partial<ClaimedJob>, timeoutMs = 60_000) =>
    runJob(worker, jobOf(changes), controller, timeoutMs);
  return { log, observed, controller, run };
}

const throwing = (thrown: unknown): Handler => {
  return () => {
    throw thrown;
  };
};

const unreadable = 'What was thrown cannot be read';

function fails(): never {
  throw new Error('no');
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('a handler', () => {
  test('gets the event made of the stored bytes, and what the job knows', async () => {
    const handler = vi.fn();
    const { run, observed, log } = setup(handler);
    expect(await run({ attempt: 2, isStale: true })).toEqual({ state: 'done' });
    const [event, context] = handler.mock.calls[0] ?? [];
    expect(event).toMatchObject({
      event: 'person.created',
      data: { id: 'record-1' },
      raw: serverBody('person.created'),
    });
    expect(context).toEqual({
      attempt: 2,
      isStale: true,
      delivery,
      idempotencyKey: 'key-1',
      signal: expect.any(AbortSignal),
    });
    expect(observed).toEqual([
      { status: 'job', result: 'done', handlerName: 'mails', key: 'key-1', attempt: 2, event },
    ]);
    expect(log).toMatchObject({ warnings: [], errors: [] });
  });

  test('is awaited', async () => {
    const gate = createGate();
    const { run, observed } = setup(() => gate.promise);
    const running = run();
    await new Promise(setImmediate);
    expect(observed).toEqual([]);
    gate.open();
    expect(await running).toEqual({ state: 'done' });
  });

  test.each([
    ['at once', throwing(new Error('broken'))],
    ['later', () => Promise.reject(new Error('broken'))],
  ])('that throws %s is tried again, and its error kept', async (_when, handler) => {
    const { run, log, observed } = setup(handler);
    const end = await run();
    expect(end).toEqual({
      state: 'retry',
      delayMs: expect.any(Number),
      error: { name: 'Error', message: 'broken', stack: expect.stringContaining('run-job.test.ts') },
    });
    expect(log.errors).toEqual([
      [
        expect.stringMatching(/^\[twenty-webhooks\] handler "mails" failed in attempt 1 of 3, next in \d+ ms$/),
        expect.objectContaining({ message: 'broken' }),
      ],
    ]);
    expect(observed).toEqual([]);
  });

  test('that fails in its last attempt leaves a dead job', async () => {
    const cause = new Error('broken');
    const { run, log, observed } = setup(throwing(cause));
    expect(await run({ attempt: 3 })).toMatchObject({ state: 'dead', error: { message: 'broken' } });
    expect(log.errors).toEqual([
      ['[twenty-webhooks] handler "mails" failed in attempt 3 of 3: job key-1 is dead', cause],
    ]);
    expect(observed).toMatchObject([
      { status: 'job', result: 'dead', attempt: 3, cause, event: { event: 'person.created' } },
    ]);
  });

  test('that says so leaves a dead job at once', async () => {
    const { run } = setup(throwing(new NonRetryableError('gone')));
    expect(await run()).toMatchObject({ state: 'dead', error: { code: 'NON_RETRYABLE', message: 'gone' } });
  });

  test('that says so with an error of another copy of this package does too', async () => {
    const foreign = { [Symbol.for('twenty-webhooks.error')]: true, code: 'NON_RETRYABLE', name: 'NonRetryableError' };
    const { run } = setup(throwing(Object.assign(Object.create(foreign), { message: 'gone' })));
    expect(await run()).toMatchObject({ state: 'dead', error: { code: 'NON_RETRYABLE', message: 'gone' } });
  });

  test('that asks for a time gets it, as long as attempts are left', async () => {
    const { run } = setup(throwing(new RetryAfterError(12_345)));
    expect(await run()).toMatchObject({ state: 'retry', delayMs: 12_345, error: { code: 'RETRY_AFTER' } });
    expect(await run({ attempt: 3 })).toMatchObject({ state: 'dead' });
  });

  test.each([Number.NaN, -1, '7', 1n])('that asks for %s ms gets the usual delay', async (delayMs) => {
    const { run } = setup(throwing(new RetryAfterError(delayMs as number)));
    const end = await run();
    expect(end).toMatchObject({ state: 'retry' });
    expect((end as { delayMs: number }).delayMs).toBeGreaterThanOrEqual(500);
  });

  test.each([1e300, Number.POSITIVE_INFINITY, 1.7e18])('that asks for %d ms gets a year', async (delayMs) => {
    expect(await setup(throwing(new RetryAfterError(delayMs))).run()).toMatchObject({ delayMs: 31_536_000_000 });
  });

  test('that asks for a fraction gets whole milliseconds', async () => {
    expect(await setup(throwing(new RetryAfterError(1.6))).run()).toMatchObject({ delayMs: 2 });
  });

  test('that throws an error of ours for reasons of its own is tried again', async () => {
    const { run } = setup(throwing(new WebhookError('HANDLER_MISSING', 'not what it seems')));
    expect(await run()).toMatchObject({ state: 'retry' });
  });

  test.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a text', 'no luck', 'no luck'],
    ['an object', { status: 503 }, '{"status":503}'],
    ['an object without prototype', Object.create(null), '{}'],
    ['a symbol', Symbol('why'), 'Symbol(why)'],
    ['a bigint', 1n, '1'],
    ['a function', () => {}, expect.any(String)],
    ['what cannot be written as JSON', { big: 1n }, unreadable],
    ['an error whose message throws', Object.defineProperty(new Error(), 'message', { get: fails }), unreadable],
    ['an error whose message is no text', Object.assign(new Error(), { message: Object.create(null) }), unreadable],
    ['what is no longer there', revokedProxy(), unreadable],
    [
      'an error of ours with a code that is none',
      Object.assign(new WebhookError('RETRY_AFTER', 'x'), { code: {} }),
      'x',
    ],
  ])('that throws %s is tried again', async (_what, thrown, message) => {
    const { run } = setup(throwing(thrown));
    expect(await run()).toMatchObject({ state: 'retry', error: { message } });
  });

  test('that throws an error with a very long message does not fill the inbox', async () => {
    const { run } = setup(throwing(new Error('x'.repeat(1_000_000))));
    const { error } = (await run()) as { error: { message: string; stack: string } };
    expect(error.message.length).toBeLessThan(10_000);
    expect(error.stack.length).toBeLessThan(10_000);
  });
});

describe('time', () => {
  test('that is up aborts the signal and counts as a failure', async () => {
    let signal: AbortSignal | undefined;
    const { run, log } = setup((_event, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    expect(await run({}, 20)).toMatchObject({ state: 'retry', error: { code: 'HANDLER_TIMEOUT' } });
    expect(signal?.reason).toMatchObject({ code: 'HANDLER_TIMEOUT', message: expect.stringContaining('20 ms') });
    expect(log.errors).toHaveLength(1);
  });

  test('that is not up leaves the signal alone, also afterwards', async () => {
    const { run, controller } = setup(() => {});
    await run({}, 10);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(controller.signal.aborted).toBe(false);
  });

  test('a handler that fails after its time is up says nothing more', async () => {
    const gate = createGate();
    const { run, log } = setup(() => gate.promise);
    await run({}, 10);
    gate.fail(new Error('late'));
    await new Promise(setImmediate);
    expect(log.errors).toHaveLength(1);
  });
});

describe('an abort from outside', () => {
  test('ends the run at once, and what becomes of the job is not decided here', async () => {
    const { run, controller, log, observed } = setup(() => new Promise(() => {}));
    const running = run();
    await new Promise(setImmediate);
    controller.abort(new Error('closing'));
    expect(await running).toBeUndefined();
    expect([log.errors, log.warnings, observed]).toEqual([[], [], []]);
  });

  test('is no failure of a handler that throws because of it', async () => {
    const { run, controller, log } = setup((_event, { signal }) => {
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const running = run();
    await new Promise(setImmediate);
    controller.abort(new Error('closing'));
    expect(await running).toBeUndefined();
    expect(log.errors).toEqual([]);
  });
});

describe('a job that no further run can help', () => {
  test('has no handler any more', async () => {
    const { run, observed } = setup(undefined);
    expect(await run()).toMatchObject({ state: 'dead', error: { code: 'HANDLER_MISSING' } });
    expect(observed).toMatchObject([{ result: 'dead', event: { event: 'person.created' } }]);
  });

  test('lost its process in every attempt', async () => {
    const handler = vi.fn();
    const { run } = setup(handler);
    expect(await run({ attempt: 4 })).toMatchObject({ state: 'dead', error: { code: 'WORKER_LOST' } });
    expect(handler).not.toHaveBeenCalled();
  });

  test.each([
    ['BODY_NOT_UTF8', Uint8Array.of(0xff)],
    ['BODY_NOT_JSON', toBytes('{')],
    ['BODY_NOT_EVENT', toBytes('{}')],
  ])('cannot be read: %s', async (code, bytes) => {
    const { run, log, observed } = setup(() => {});
    expect(await run({ body: bytes })).toMatchObject({ state: 'dead', error: { code } });
    expect(log.errors).toHaveLength(1);
    expect(observed).toEqual([]);
  });

  test('has a record that does not fit its schema: only names of fields are said', async () => {
    const issues = [{ message: 'canary', path: ['jobTitle'] }];
    const schemas: Schemas = { person: { '~standard': { version: 1, vendor: 'x', validate: () => ({ issues }) } } };
    const { run, log, observed } = setup(() => {}, { schemas });
    const end = await run();
    expect(end).toMatchObject({
      state: 'dead',
      error: { code: 'EVENT_INVALID', message: expect.stringContaining('jobTitle') },
    });
    expect(JSON.stringify([end, inspect(log.errors, { depth: 9 })])).not.toContain('canary');
    expect(observed).toMatchObject([{ cause: { cause: issues } }]);
  });
});

test('a schema makes the attributes', async () => {
  const validate = (): { value: unknown } => ({ value: { jobTitle: 'made' } });
  const schemas: Schemas = { person: { '~standard': { version: 1, vendor: 'x', validate } } };
  const handler = vi.fn();
  await setup(handler, { schemas }).run();
  expect(handler.mock.calls[0]?.[0].data.attributes).toEqual({ jobTitle: 'made' });
});
