import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { immediate } from '#crypto';
import { knownId, parseEvent, readEvent } from './parse-event.ts';
import { envelopeBody, metadataBody, serverBody, toBytes } from './testdata/deliveries.ts';

const idOf = async (body: string | object): Promise<string> =>
  (await parseEvent(toBytes(typeof body === 'string' ? body : JSON.stringify(body)))).id;

const hashOf = (text: string): string => `evt_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;

/** A server body around what stands before its `"eventDate"` member and instead of its value. */
const withDate = (date: string, before = ''): string =>
  `{"eventName":"person.updated",${before}"eventDate"${date},"record":{"id":"r","updatedAt":"2026-01-01T00:00:00.000Z"}}`;

const [first, second] = ['"2026-11-23T15:35:03.400Z"', '"2026-11-23T15:35:04.000Z"'];

describe('a record that has updatedAt', () => {
  test('the id is SHA-256 over the bytes without the value of eventDate', async () => {
    expect(await idOf(withDate(`:${first}`))).toBe(hashOf(withDate(':')));
  });

  test('a re-run fan-out has the same id', async () => {
    expect(await idOf(serverBody('person.updated', { eventDate: 'later' }))).toBe(
      await idOf(serverBody('person.updated')),
    );
  });

  test.each([' :', ': ', ' : ', '\n\t:\r\n  ', ':\t\t'])(
    'white space around the colon (%j) counts, the value does not',
    async (colon) => {
      const id = await idOf(withDate(colon + first));
      expect(id).toBe(await idOf(withDate(colon + second)));
      expect(id).toBe(hashOf(withDate(colon)));
      expect(id).not.toBe(await idOf(withDate(`:${first}`)));
    },
  );

  test.each(['""', '"\\""', '"a\\"b"', '"\\\\"', '"\\\\\\""', '"eventDate"', '":"', '"é🚀"', '"}"'])(
    'the value may be %s',
    async (value) => {
      expect(await idOf(withDate(`:${value}`))).toBe(hashOf(withDate(':')));
    },
  );

  test.each<[what: string, value: string]>([
    ['plain', `"${'a'.repeat(4_000_000)}"`],
    ['escaped', `"${'\\"'.repeat(1_000_000)}"`],
    ['not Latin', `"${'🚀é'.repeat(500_000)}"`],
  ])('the value may be as long as a body can be: %s', async (_, value) => {
    expect(await idOf(withDate(`:${value}`))).toBe(hashOf(withDate(':')));
  });

  test.each([
    ['as a value', '"note":"eventDate",'],
    ['as the last part of a value', '"note":"the eventDate",'],
    ['escaped in a value', '"note":"say \\"eventDate\\":\\"x\\"",'],
    ['escaped after a backslash', '"note":"\\\\\\"eventDate\\":\\"x\\"",'],
    ['as the last part of another name, after a quote', '"_\\"eventDate":"x",'],
    ['as the first part of another name', '"eventDate2":"x",'],
    ['as the last part of another name', '"_eventDate":"x",'],
    ['in another case', '"eventdate":"x",'],
    ['after a value that ends in a backslash', '"note":"\\\\",'],
    ['with an escape', '"event\\u0044ate":"x",'],
    ['that comes after characters of several bytes', '"note":"é 日本 🚀",'],
    ['in a list', '"note":["eventDate","eventDate"],'],
  ])('eventDate %s does not mislead', async (_, before) => {
    const id = await idOf(withDate(`:${first}`, before));
    expect(id).toBe(hashOf(withDate(':', before)));
  });

  test('an eventDate with a backslash before its quote is inside a text', async () => {
    const inText = (date: string): string => withDate(`:${first}`, `"note":"\\"eventDate\\":\\"${date}\\"",`);
    expect(await idOf(inText('1'))).not.toBe(await idOf(inText('2')));
  });

  test('it is the first one in the bytes, nested or not', async () => {
    const nested = (inner: string, outer: string): string =>
      withDate(`:"${outer}"`, `"extra":{"eventDate":"${inner}"},`);
    expect(await idOf(nested('1', 'x'))).toBe(await idOf(nested('2', 'x')));
    expect(await idOf(nested('1', 'x'))).not.toBe(await idOf(nested('1', 'y')));
  });

  test('a field of the record with that name counts: it stands behind', async () => {
    const record = { id: 'r', updatedAt: 'now', eventDate: '1' };
    const changed = { ...record, eventDate: '2' };
    expect(await idOf(serverBody('rocket.updated', { record }))).not.toBe(
      await idOf(serverBody('rocket.updated', { record: changed })),
    );
  });

  test.each(['null', '1795448103416', 'true', '{"a":"b"}', '["2026"]'])(
    'an eventDate that is no text (%s) counts',
    async (value) => {
      expect(await idOf(withDate(`:${value}`))).toBe(hashOf(withDate(`:${value}`)));
    },
  );

  test('without an eventDate every byte counts', async () => {
    const body = '{"eventName":"person.updated","record":{"id":"r","updatedAt":"now"}}';
    expect(await idOf(body)).toBe(hashOf(body));
    expect(await idOf(`${body} `)).toBe(hashOf(`${body} `));
  });

  test('every byte but those of the value counts', async () => {
    const body = withDate(`:${first}`, '"note":"a",');
    const [from, to] = [body.indexOf(first), body.indexOf(first) + first.length];
    const id = await idOf(body);
    const property = fc.asyncProperty(fc.nat(body.length), fc.constantFrom(' ', '\n'), async (at, space) => {
      const changed = body.slice(0, at) + space + body.slice(at);
      const event = await parseEvent(toBytes(changed)).catch(() => undefined);
      if (event?.kind !== 'record') return;
      expect(event.id === id).toBe(at > from && at < to);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('a byte order mark counts', async () => {
    expect(await idOf(`\uFEFF${withDate(`:${first}`)}`)).toBe(hashOf(`\uFEFF${withDate(':')}`));
  });

  test('another nonce, time or signature is not part of it', async () => {
    const body = JSON.stringify(serverBody('person.updated'));
    expect(await idOf(body)).toBe(await idOf(body));
  });
});

describe('where every byte counts', () => {
  test.each<[what: string, body: (eventDate: string) => object]>([
    [
      'a record without updatedAt',
      (eventDate) => serverBody('person.updated', { eventDate, record: { id: 'r', stage: 'A' } }),
    ],
    [
      'a record whose updatedAt is null',
      (eventDate) => serverBody('person.updated', { eventDate, record: { id: 'r', updatedAt: null } }),
    ],
    ['metadata', (eventDate) => metadataBody('metadata.view.updated', {}, { eventDate })],
    [
      'metadata with an updatedAt inside',
      (eventDate) =>
        metadataBody('metadata.view.updated', { properties: { after: { updatedAt: 'now' } } }, { eventDate }),
    ],
    ['an unknown shape', (eventDate) => serverBody('person.updated', { eventDate, record: null })],
    ['a name without a dot', (eventDate) => serverBody('ping', { eventDate })],
  ])('%s', async (_, body) => {
    const text = JSON.stringify(body('2026-11-23T15:35:03.400Z'));
    expect(await idOf(text)).toBe(hashOf(text));
    expect(await idOf(body('later'))).not.toBe(await idOf(body('now')));
  });
});

describe('the envelope', () => {
  test('brings its own id', async () => {
    expect(await idOf(envelopeBody('person.created'))).toBe('event-1');
    expect(await idOf(envelopeBody('person.created', {}, { id: ' é"' }))).toBe(' é"');
  });

  test.each([undefined, null, '', 5, {}, true])('an id that is %j is none', async (id) => {
    const text = JSON.stringify(envelopeBody('person.created', {}, { id }));
    expect(await idOf(text)).toBe(hashOf(text));
  });

  test('a server body with a member `id` still gets the digest', async () => {
    const text = JSON.stringify(metadataBody('metadata.view.created', {}, { id: 'chosen' }));
    expect(await idOf(text)).toBe(hashOf(text));
  });
});

describe('when it is computed', () => {
  const body = toBytes(JSON.stringify(serverBody('person.updated')));

  test('on Node when it is first read, with Web Crypto before handlers run', async () => {
    const event = await readEvent(body);
    if (typeof event === 'string') throw new Error(event);
    expect(knownId(event) === undefined).toBe(immediate);
    const { id } = event;
    expect(id).toMatch(/^evt_[0-9a-f]{32}$/);
    expect(knownId(event)).toBe(id);
    expect(event.id).toBe(id);
  });

  test('parsing answers at once where digests do', () => {
    expect(readEvent(body) instanceof Promise).toBe(!immediate);
    expect(readEvent(toBytes(JSON.stringify(envelopeBody('person.created')))) instanceof Promise).toBe(false);
  });

  test('it is in JSON, also if nobody has read it', async () => {
    const json = JSON.parse(JSON.stringify(await parseEvent(body)));
    expect(json).toMatchObject({
      id: await idOf(new TextDecoder().decode(body)),
      kind: 'record',
      event: 'person.updated',
    });
  });
});
