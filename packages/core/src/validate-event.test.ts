import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ReceiverOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { createReceiver } from './receiver.ts';
import type { StandardSchema } from './standard-schema.ts';
import { createLog, delivery, envelopeBody, metadataBody, nowMs, secret, serverBody } from './testdata/deliveries.ts';

function setup(schemas: Record<string, StandardSchema>) {
  const logger = createLog();
  const run = vi.fn();
  const options = { secret, now: () => nowMs, logger, schemas, on: { '*': run } };
  const receiver = createReceiver(options as never as ReceiverOptions);
  const send = (body: object): Promise<Outcome> => receiver.receive(delivery(body));
  return { send, run, logger };
}

const schema = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({
  '~standard': { version: 1, vendor: 'by hand', validate },
});
const record = { id: 'r', thrust: '5', updatedAt: 'now' };
const rocket = (action: string, more: object = {}) =>
  serverBody(`rocket.${action}`, { record: { ...record, ...more } });

describe('a record that fits', () => {
  test('reaches handlers as the schema made it; raw and id are as received', async () => {
    const plain = setup({});
    const { send, run } = setup({ rocket: z.object({ thrust: z.coerce.number() }) });
    const outcome = await send(rocket('created'));
    expect(outcome).toMatchObject({
      status: 'handled',
      id: ((await plain.send(rocket('created'))) as { id: string }).id,
    });
    expect(run.mock.calls[0]?.[0]).toMatchObject({
      kind: 'record',
      data: { object: 'rocket', id: 'r', attributes: { thrust: 5 } },
      raw: rocket('created'),
    });
    expect(run.mock.calls[0]?.[0].data.attributes).toEqual({ thrust: 5 });
  });

  test('works with a schema that answers later', async () => {
    const { send, run } = setup({
      rocket: schema(async (value) => ({ value: { ...(value as object), later: true } })),
    });
    expect(await send(rocket('updated'))).toMatchObject({ status: 'handled' });
    expect(run.mock.calls[0]?.[0]).toMatchObject({ data: { attributes: { thrust: '5', later: true } } });
  });

  test('in the envelope too', async () => {
    const { send, run } = setup({ rocket: z.object({ thrust: z.coerce.number() }) });
    expect(await send(envelopeBody('rocket.created', { attributes: record }, { id: 'mine' }))).toMatchObject({
      status: 'handled',
      id: 'mine',
    });
    expect(run.mock.calls[0]?.[0]).toMatchObject({ data: { attributes: { thrust: 5 } } });
  });
});

describe('a record that does not fit', () => {
  test('is EVENT_INVALID with the names of its fields and the issues; nothing runs', async () => {
    const { send, run, logger } = setup({
      rocket: z.object({ thrust: z.number(), crew: z.object({ size: z.number() }) }),
    });
    const outcome = await send(rocket('created', { crew: { size: 'many' } }));
    expect(outcome).toMatchObject({
      status: 'rejected',
      code: 'EVENT_INVALID',
      reason: /"rocket\.created", fields: thrust, crew\.size\./,
    });
    expect((outcome as { cause: unknown[] }).cause).toHaveLength(2);
    expect(run).not.toHaveBeenCalled();
    expect(logger.warnings).toHaveLength(1);
  });

  test('names each field once, whatever form its path has', async () => {
    const issues = [
      { message: 'a', path: ['a', 0, { key: 'b' }] },
      { message: 'b', path: ['a', 0, 'b'] },
      { message: 'whole' },
      { message: 's', path: [Symbol('s')] },
    ];
    const { send } = setup({ rocket: schema(() => ({ issues })) });
    expect(await send(rocket('created'))).toMatchObject({ reason: /fields: a\.0\.b, , Symbol\(s\)\./ });
  });

  test('can be sent again when the schema was mended', async () => {
    const validate = vi
      .fn()
      .mockReturnValueOnce({ issues: [{ message: 'no' }] })
      .mockImplementation((value) => ({ value }));
    const { send } = setup({ rocket: schema(validate) });
    expect(await send(rocket('created'))).toMatchObject({ code: 'EVENT_INVALID' });
    expect(await send(rocket('created'))).toMatchObject({ status: 'handled' });
  });
});

describe('is not asked', () => {
  const validate = vi.fn(() => ({ issues: [{ message: 'no' }] }));

  test.each<[what: string, body: object]>([
    ['about other objects', serverBody('person.created')],
    ['about what is gone', rocket('deleted')],
    ['about what is destroyed', rocket('destroyed')],
    ['about metadata', metadataBody('metadata.rocket.created')],
    ['about unknown shapes', serverBody('rocket.created', { record: null })],
    ['about names of Object.prototype', serverBody('toString.created')],
    ['about __proto__', serverBody('__proto__.created')],
  ])('%s', async (_, body) => {
    const { send } = setup({ rocket: schema(validate) });
    expect(await send(body)).toMatchObject({ status: 'handled' });
    expect(validate).not.toHaveBeenCalled();
  });

  test('about what is not genuine', async () => {
    const receiver = createReceiver({
      secret: 'other',
      now: () => nowMs,
      logger: createLog(),
      schemas: { rocket: schema(validate) },
    });
    expect(await receiver.receive(delivery(rocket('created')))).toMatchObject({ code: 'SIGNATURE_MISMATCH' });
    expect(validate).not.toHaveBeenCalled();
  });
});

test.each<[what: string, validate: () => never]>([
  [
    'throws',
    () => {
      throw new Error('bug');
    },
  ],
  ['rejects', () => Promise.reject(new Error('bug')) as never],
])('a schema that %s is our failure, with a line and its cause', async (_, validate) => {
  const { send, run, logger } = setup({ rocket: schema(validate) });
  expect(await send(rocket('created'))).toMatchObject({
    status: 'failed',
    code: 'HANDLER_FAILED',
    reason: /schema/,
    cause: { message: 'bug' },
  });
  expect(run).not.toHaveBeenCalled();
  expect(logger.errors).toEqual([[expect.stringMatching(/schema/), expect.objectContaining({ message: 'bug' })]]);
});
