import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWebhookError } from './errors.ts';
import { parseEvent, withAttributes } from './parse-event.ts';
import { envelopeBody, serverBody, toBytes, vector } from './testdata/deliveries.ts';

const codeOf = (body: Uint8Array): Promise<unknown> =>
  parseEvent(body).then(
    ({ kind }) => kind,
    (error: unknown) => (isWebhookError(error) ? error.code : error),
  );

describe('refuses', () => {
  test.each([
    ['BODY_NOT_UTF8', 'a lone continuation byte', [0x7b, 0x80, 0x7d]],
    ['BODY_NOT_UTF8', 'an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['BODY_NOT_UTF8', 'a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['BODY_NOT_UTF8', 'a cut character', [0x22, 0xf0, 0x9f, 0x9a]],
    ['BODY_NOT_UTF8', 'UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
    ['BODY_NOT_JSON', 'nothing', []],
    ['BODY_NOT_JSON', 'NUL', [0]],
  ])('%s: %s', async (code, _, bytes) => {
    expect(await codeOf(Uint8Array.from(bytes))).toBe(code);
  });

  test.each([
    '{',
    '{"eventName":"person.created"',
    "{'a':1}",
    'eventName=person.created',
    '{"a":1}{',
    '{"a":NaN}',
    '\uFEFF\uFEFF{}',
    '[1,]',
  ])('BODY_NOT_JSON: %s', async (text) => {
    expect(await codeOf(toBytes(text))).toBe('BODY_NOT_JSON');
  });

  test.each([
    'null',
    '5',
    '"person.created"',
    '[]',
    '[{"eventName":"person.created"}]',
    '{}',
    '{"eventName":""}',
    '{"eventName":5}',
    '{"eventName":null,"event":null}',
    '{"event":{"metadataName":"view"}}',
    '{"eventname":"person.created"}',
    '{"__proto__":{"eventName":"person.created"}}',
    '{"constructor":{"prototype":{"eventName":"person.created"}}}',
  ])('BODY_NOT_EVENT: %s', async (text) => {
    expect(await codeOf(toBytes(text))).toBe('BODY_NOT_EVENT');
  });

  test('without quoting the body', async () => {
    for (const text of ['canary', '{"a":"canary', '{"canary":1}', '["canary"]']) {
      const error = await parseEvent(toBytes(text)).catch((cause: unknown) => cause);
      expect(isWebhookError(error)).toBe(true);
      expect(
        `${String(error)}${JSON.stringify(error)}${(error as Error).stack}${(error as Error).cause}`,
      ).not.toContain('canary');
    }
  });
});

describe('an event', () => {
  test('has the parsed body in `raw`, untouched', async () => {
    const body = serverBody('person.created', { unknownMember: [{ a: null }] });
    expect((await parseEvent(toBytes(JSON.stringify(body)))).raw).toEqual(body);
  });

  test('may come after a byte order mark', async () => {
    expect(await codeOf(toBytes(`\uFEFF${JSON.stringify(serverBody('person.created'))}`))).toBe('record');
  });

  test('keeps what JSON text says: escapes, the last of repeated names, names like numbers', async () => {
    const event = async (text: string) => (await parseEvent(toBytes(text))) as never as Record<string, never>;
    expect(
      await event('{"eventName":"a.created","eventName":"person\\u002ecreated","record":{"id":"\\u00e9"}}'),
    ).toMatchObject({
      event: 'person.created',
      data: { id: 'é' },
    });
    const keys = await event('{"eventName":"a.created","record":{"id":"1","10":"x","9":"y"}}');
    expect(keys).toMatchObject({ data: { attributes: { 9: 'y', 10: 'x' } } });
  });

  test('JSON.stringify and a second look give the same', async () => {
    const event = await parseEvent(toBytes(JSON.stringify(serverBody('person.created'))));
    const { id, ...rest } = JSON.parse(JSON.stringify(event));
    expect(id).toBe(event.id);
    expect(rest).toEqual({ ...event });
    expect(Object.keys(rest)).not.toContain('hasChangeTime');
  });

  test('of unknown shape has neither `action` nor `data`', async () => {
    const event = await parseEvent(toBytes('{"eventName":"person.created"}'));
    expect(event.kind).toBe('unknown');
    expect('data' in event).toBe(false);
    expect('action' in event).toBe(false);
  });

  test('does not keep hold of the bytes: changing them later changes no id', async () => {
    const body = toBytes(JSON.stringify(serverBody('person.created')));
    const [event, twin] = [await parseEvent(body), await parseEvent(toBytes(body))];
    const { id } = event;
    body.fill(0);
    expect(event.id).toBe(id);
    expect(twin.id).toBe(id);
  });
});

describe('names of Object.prototype', () => {
  test('a __proto__ in the body gives no members and pollutes nothing', async () => {
    const { body } = vector('bytes/proto-key');
    await parseEvent(body);
    const text =
      '{"eventName":"person.created","__proto__":{"userId":"evil","webhookId":"evil"},"record":{"id":"1","__proto__":{"polluted":1}}}';
    const event = await parseEvent(toBytes(text));
    expect(event).toMatchObject({ actor: {}, webhookId: undefined });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).userId).toBeUndefined();
    if (event.kind !== 'record') throw new Error('no record');
    expect((event.data.attributes as Record<string, unknown> | null)?.polluted).toBeUndefined();
    expect(Object.keys(event.data.attributes ?? {})).toEqual(['id', '__proto__']);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'an object called %s is one like others',
    async (object) => {
      const event = await parseEvent(toBytes(JSON.stringify(serverBody(`${object}.created`))));
      expect(event).toMatchObject({ kind: 'record', action: 'created', data: { object } });
      const envelope = await parseEvent(toBytes(JSON.stringify(envelopeBody(`${object}.created`))));
      expect(envelope).toMatchObject({ kind: 'record', data: { object } });
    },
  );

  test('a previous __proto__ is a changed field, in name only', async () => {
    const text =
      '{"event":"person.updated","data":{"id":"1","attributes":{},"previousAttributes":{"__proto__":{"x":1},"a":2}}}';
    expect(await parseEvent(toBytes(text))).toMatchObject({ data: { updatedFields: ['__proto__', 'a'] } });
  });
});

describe('withAttributes', () => {
  test('puts other attributes in place and leaves the rest, the id and the event it came from', async () => {
    const event = await parseEvent(toBytes(JSON.stringify(serverBody('person.created'))));
    if (event.kind !== 'record') throw new Error('no record');
    const other = withAttributes(event, { changed: true });
    expect(other).toMatchObject({
      id: event.id,
      kind: 'record',
      event: 'person.created',
      data: { id: 'record-1', attributes: { changed: true } },
    });
    expect(event).toMatchObject({ data: { attributes: { jobTitle: 'Countess' } } });
    expect(other.raw).toBe(event.raw);
    expect(JSON.parse(JSON.stringify(other))).toMatchObject({ id: event.id, data: { attributes: { changed: true } } });
  });
});

describe('whatever comes', () => {
  const codes = ['BODY_NOT_UTF8', 'BODY_NOT_JSON', 'BODY_NOT_EVENT', 'record', 'metadata', 'unknown'];

  test('any bytes give an event or a code', async () => {
    const property = fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      expect(codes).toContain(await codeOf(bytes));
    });
    await fc.assert(property);
  });

  test('any JSON gives an event or a code', async () => {
    const property = fc.asyncProperty(fc.json(), async (json) => {
      expect(codes).toContain(await codeOf(toBytes(json)));
    });
    await fc.assert(property);
  });

  test('anything in the place of any member gives an event with the promised types', async () => {
    const any = fc.jsonValue({ maxDepth: 2 });
    const name = fc.constantFrom(
      'person.created',
      'person.updated',
      'a.b.deleted',
      'metadata.view.updated',
      'metadata.x',
      'ping',
      '.',
      '.a',
      'a.',
      '..',
      'x.destroy',
    );
    const data = fc.oneof(
      any,
      fc.record(
        { id: fc.oneof(fc.string(), any), attributes: any, previousAttributes: any, properties: any },
        { requiredKeys: [] },
      ),
    );
    const members = fc.record(
      {
        eventName: fc.oneof(name, any),
        event: fc.oneof(name, data),
        record: fc.oneof(any, fc.record({ id: fc.string(), updatedAt: any })),
        data,
        updatedFields: any,
        id: any,
        eventDate: any,
        timestamp: any,
        workspaceId: any,
        webhookId: any,
        userId: any,
      },
      { requiredKeys: [] },
    );
    const property = fc.asyncProperty(members, async (body) => {
      const event = await parseEvent(toBytes(JSON.stringify(body))).catch((error: unknown) => error);
      if (isWebhookError(event)) {
        expect(event.code).toBe('BODY_NOT_EVENT');
        return;
      }
      const { kind, ...rest } = event as Awaited<ReturnType<typeof parseEvent>> & { data: Record<string, unknown> };
      expect(codes).toContain(kind);
      for (const text of ['event', 'timestamp', 'workspaceId'] as const) expect(rest[text]).toBeTypeOf('string');
      expect((event as { id: unknown }).id).toMatch(/./s);
      expect(['string', 'undefined']).toContain(typeof rest.webhookId);
      if (kind === 'unknown') return;
      expect(rest.data.id).toBeTypeOf('string');
      expect((rest.data.updatedFields as unknown[]).every((field) => typeof field === 'string')).toBe(true);
      const states = kind === 'record' ? ['attributes', 'previousAttributes'] : ['diff', 'before', 'after'];
      for (const state of states)
        expect(Object.prototype.toString.call(rest.data[state])).toMatch(/^\[object (Object|Null)\]$/);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});
