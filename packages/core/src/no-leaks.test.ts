import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation } from './observation.ts';
import type { ReceiverOptions } from './options.ts';
import { toAnswer } from './outcome.ts';
import { createReceiver, type ReceivedRequest } from './receiver.ts';
import {
  createLog,
  delivery,
  metadataBody,
  nowMs,
  secret,
  serverBody,
  signPlain,
  signTimestamped,
  toBytes,
  untilTimeIsUp,
} from './testdata/deliveries.ts';

const canary = 'canary-7f3a';

/** Everything a developer or a sender gets to see of one delivery, as text; the event itself is the body, so it is left out. */
async function everythingSaid(request: ReceivedRequest, options: Partial<ReceiverOptions> = {}) {
  const logger = createLog();
  const observed: Observation[] = [];
  const receiver = createReceiver({
    secret,
    now: () => nowMs,
    logger,
    observe: (one) => observed.push(one),
    ...options,
  } as ReceiverOptions);
  const outcome = await receiver.receive(request);
  const { event, ...rest } = outcome as typeof outcome & { event?: unknown };
  const answer = toAnswer(outcome);
  const shown = [
    rest,
    observed.map(({ event: _, ...one }: Observation & { event?: unknown }) => one),
    logger.warnings,
    logger.errors,
    answer,
  ];
  return { outcome, answer, text: shown.map(show).join('\n') };
}

/** JSON, with what JSON leaves out of errors. */
const show = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one instanceof Error ? { ...one, text: String(one), stack: one.stack, cause: one.cause } : one,
  );

const body = (name = 'person.created') => toBytes(JSON.stringify(serverBody(name, { note: canary })));

describe('a body', () => {
  test.each<[code: string, request: ReceivedRequest, options?: Partial<ReceiverOptions>]>([
    ['SIGNATURE_MISMATCH', delivery(body()), { secret: 'other' }],
    ['SIGNATURE_MISSING', delivery(body(), { headers: {} })],
    ['TIMESTAMP_TOO_OLD', delivery(body(), { headers: signTimestamped(body(), secret, 1) })],
    ['BODY_TOO_LARGE', delivery(body()), { maxBodyBytes: 5 }],
    ['METHOD_NOT_ALLOWED', delivery(body(), { method: 'GET' })],
    ['BODY_NOT_JSON', delivery(canary)],
    ['BODY_NOT_JSON', delivery(`{"${canary}`)],
    ['BODY_NOT_JSON', delivery(`{"a":${canary}}`)],
    ['BODY_NOT_EVENT', delivery(JSON.stringify({ [canary]: canary }))],
    ['BODY_NOT_EVENT', delivery(JSON.stringify(canary))],
    ['BODY_NOT_UTF8', delivery(Buffer.concat([Buffer.from(canary), Buffer.from([0xff])]))],
    ['SECRET_UNAVAILABLE', delivery(body()), { secret: () => Promise.reject(new Error('down')) }],
    ['HANDLER_FAILED', delivery(body()), { on: { '*': () => Promise.reject(new Error('no')) } as never }],
  ])('is not told: %s', async (code, request, options) => {
    const { outcome, text } = await everythingSaid(request, options);
    expect(outcome).toMatchObject({ code });
    expect(text).not.toContain(canary);
  });

  test('is not told: HANDLER_TIMEOUT', async () => {
    const { outcome, text } = await untilTimeIsUp((handler) =>
      everythingSaid(delivery(body()), { on: { '*': handler } as never }),
    );
    expect(outcome).toMatchObject({ code: 'HANDLER_TIMEOUT' });
    expect(text).not.toContain(canary);
  });

  test.each(['handled', 'ignored'])('is in the event and nowhere else: %s', async (status) => {
    const options = status === 'handled' ? { on: { '*': () => {} } as never } : {};
    const { outcome, text } = await everythingSaid(delivery(body()), options);
    expect(outcome).toMatchObject({ status, event: { raw: { note: canary } } });
    expect(text).not.toContain(canary);
  });

  test('nor is an event name longer than it ought to be in the answer', async () => {
    const { answer } = await everythingSaid(delivery(serverBody(`${canary}.created`)));
    expect(answer.body).not.toContain(canary);
  });
});

describe('a record that does not fit its schema', () => {
  const schemas = {
    person: z.object({
      stage: z.enum(['A', 'B']),
      age: z.number().refine(() => false, { error: ({ input }) => `bad ${String(input)}` }),
    }),
  };
  const record = { id: 'r', stage: canary, age: canary, updatedAt: 'now' };

  test('is told by the names of its fields', async () => {
    const { outcome, answer } = await everythingSaid(delivery(serverBody('person.created', { record })), { schemas });
    expect(outcome).toMatchObject({ code: 'EVENT_INVALID', reason: /"person\.created".*stage, age/ });
    expect(answer.body).toBe('{"error":"EVENT_INVALID"}');
  });

  test('and its values are in no line, reason or answer', async () => {
    const logger = createLog();
    const quoting = {
      '~standard': {
        version: 1 as const,
        vendor: 'x',
        validate: () => ({ issues: [{ message: `not ${canary}`, path: ['stage'] }] }),
      },
    };
    const request = delivery(serverBody('person.created', { record }));
    const { outcome, answer } = await everythingSaid(request, { schemas: { person: quoting }, logger });
    expect((outcome as { reason: string }).reason).not.toContain(canary);
    expect(answer.body).not.toContain(canary);
    expect(show([logger.warnings, logger.errors])).not.toContain(canary);
    // The schema's own issues are for the developer's own code.
    expect(outcome).toMatchObject({ cause: [{ message: `not ${canary}` }] });
  });
});

describe('secret and signature', () => {
  const bytes = body();

  test.each<[code: string, options: Partial<ReceiverOptions>]>([
    ['SIGNATURE_MISMATCH', { secret: canary }],
    ['SIGNATURE_MISMATCH', { secret: [`${canary}\n`, ` ${canary}`] }],
    ['SIGNATURE_MISMATCH', { secret: () => canary }],
  ])('are not told: %s', async (code, options) => {
    const { outcome, text } = await everythingSaid(delivery(bytes), options);
    expect(outcome).toMatchObject({ code });
    expect(text).not.toContain('canary');
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });

  test('of a genuine delivery are in no outcome', async () => {
    for (const headers of [signTimestamped(bytes, canary), signPlain(bytes, canary)]) {
      const signature = Object.values(headers).find((value) => /[0-9a-f]{64}/.test(value)) ?? '';
      const { outcome, text } = await everythingSaid(delivery(bytes, { headers }), {
        secret: canary,
        on: { '*': () => {} } as never,
      });
      expect(outcome).toMatchObject({ status: 'handled' });
      expect(text + JSON.stringify(outcome)).not.toContain(signature.slice(-64));
      expect(text).not.toContain(canary);
    }
  });

  test('in a wrong place are not told either', async () => {
    const headers = {
      'x-twenty-webhook-signature': canary,
      'x-twenty-webhook-timestamp': canary,
      'x-twenty-signature': canary,
      'content-encoding': canary,
    };
    for (const one of [headers, { ...headers, 'content-encoding': '' }]) {
      const { text } = await everythingSaid(delivery(bytes, { headers: one, method: 'POST', url: `/${canary}` }));
      expect(text).not.toContain(canary);
    }
    const { text } = await everythingSaid(delivery(bytes, { method: canary, headers }));
    expect(text).not.toContain(canary);
  });
});

test('secrets in events of metadata.webhook stay in the event', async () => {
  const properties = {
    before: { secret: canary },
    after: { secret: `${canary}-new` },
    diff: { secret: { before: canary, after: `${canary}-new` } },
    updatedFields: ['secret'],
  };
  const request = delivery(metadataBody('metadata.webhook.updated', { properties }));
  for (const on of [{}, { '*': () => {} }, { '*': () => Promise.reject(new Error('no')) }]) {
    const { outcome, text } = await everythingSaid(request, { on: on as never });
    expect(outcome).toMatchObject({ event: { data: { after: { secret: `${canary}-new` } } } });
    expect(text).not.toContain(canary);
  }
});

test('what a handler throws is told to the developer, not to the sender', async () => {
  const { answer, text } = await everythingSaid(delivery(body('rocket.created')), {
    on: { '*': () => Promise.reject(new Error('thrown-by-me')) } as never,
  });
  expect(answer.body).toBe('{"error":"HANDLER_FAILED"}');
  expect(text).toContain('thrown-by-me');
});
