import { createHash, createHmac, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  documentedEvents,
  type GoldenVector,
  goldenVectors,
  sampleEvent,
  signDelivery,
} from '@twenty-webhooks/testing';
import { describe, expect, test } from 'vitest';
import type { Cause } from './causes.ts';
import { toDelivery } from './delivery.ts';
import { diagnose } from './diagnose.ts';

// What was done to each, by its name.
const spoiled: Readonly<Record<string, Cause>> = {
  'bytes/invalid-utf8': 'not-utf8',
  'body/not-json': 'not-json',
  'body/json-but-no-event': 'not-an-event',
  'body/json-array': 'not-an-event',
  'body/json-null': 'not-an-event',
  'body/empty': 'body-empty',
  'secrets/removed': 'wrong-secret',
  'tamper/body-bit': 'body-bit-changed',
  'tamper/appended-space': 'body-white-space-added',
  'tamper/timestamp': 'timestamp-changed',
  'tamper/signature-first-character': 'signature-altered',
  'tamper/signature-middle-character': 'signature-altered',
  'tamper/signature-last-character': 'signature-altered',
  'tamper/mac-without-timestamp': 'wrong-scheme',
  'tamper/mac-without-colon': 'wrong-scheme',
  // Not stale: that is only said of what is genuine.
  'tamper/old-and-forged': 'signature-placeholder',
  'tamper/both-families-timestamped-wrong': 'forged-timestamped-beside-genuine-plain',
  'header/signature-missing': 'header-lost',
  'header/signature-empty': 'signature-empty',
  'header/signature-truncated': 'signature-truncated',
  'header/signature-not-hex': 'signature-not-hex',
  'header/signature-all-zero': 'signature-placeholder',
  'header/timestamp-missing': 'timestamp-missing',
  'header/timestamp-letters': 'timestamp-malformed',
  'header/timestamp-negative': 'timestamp-malformed',
  'header/timestamp-float': 'timestamp-malformed',
  'header/timestamp-space': 'timestamp-malformed',
  'header/timestamp-hex': 'timestamp-malformed',
  'header/timestamp-huge': 'timestamp-malformed',
  'time/too-old': 'stale',
  'time/in-future': 'in-future',
  'time/seconds-instead-of-ms': 'timestamp-seconds-not-milliseconds',
  'envelope/tampered': 'event-name-changed',
  'envelope/prefix-missing': 'signature-prefix-wrong',
  'envelope/prefix-sha1': 'signature-prefix-wrong',
  'envelope/test-signature-of-the-guide': 'signature-of-the-guide',
  'envelope/no-headers-at-all': 'signature-missing',
};

const vectors = goldenVectors();
const diagnoseVector = ({ headers, body, nowMs }: GoldenVector, [first = '', ...more]: readonly string[]) =>
  diagnose(toDelivery(Object.entries(headers), body), { secrets: [first, ...more], nowMs, toleranceSeconds: 300 });

describe('golden vectors', () => {
  test('every negative one is in the table', () => {
    const negative = vectors.filter(({ expected }) => expected !== 'valid').map(({ name }) => name);
    expect(negative.sort()).toEqual(Object.keys(spoiled).sort());
  });

  test.each(vectors)('$name', async (vector) => {
    const diagnosis = await diagnoseVector(vector, vector.secrets);
    expect(diagnosis.cause).toBe(spoiled[vector.name] ?? 'genuine');
    expect(diagnosis.code ?? 'valid').toBe(vector.expected);
  });

  test('with a secret that has nothing to do with it, the secret is wrong, not the body', async () => {
    for (const vector of vectors.filter(({ expected }, index) => expected === 'valid' && index % 5 === 0)) {
      const diagnosis = await diagnoseVector(vector, [randomBytes(32).toString('hex')]);
      expect([vector.name, diagnosis.cause, diagnosis.isProven]).toEqual([vector.name, 'wrong-secret', false]);
    }
  });
});

const nowMs = Date.now();

interface Given {
  secret: string;
  body: Uint8Array;
  headers: Record<string, string>;
}

type Mistake = (given: Given) => Partial<Given>;

const text = ({ body }: Given): string => Buffer.from(body).toString('utf8');
const withText = (change: (before: string) => string) => (given: Given) => ({ body: Buffer.from(change(text(given))) });
const withHeaders =
  (change: (headers: Record<string, string>, given: Given) => Record<string, string | undefined>) => (given: Given) => {
    const headers = Object.entries({ ...given.headers, ...change(given.headers, given) });
    return { headers: Object.fromEntries(headers.filter((pair): pair is [string, string] => pair[1] !== undefined)) };
  };
const signedAs = (sign: (given: Given, timestamp: string) => string) =>
  withHeaders((headers, given) => ({ [nameOf(headers)]: sign(given, headers['x-twenty-webhook-timestamp'] ?? '') }));
const nameOf = (headers: Record<string, string>): string =>
  'x-twenty-signature' in headers ? 'x-twenty-signature' : 'x-twenty-webhook-signature';
const prefixOf = (headers: Record<string, string>): string => ('x-twenty-signature' in headers ? 'sha256=' : '');
const hmac = (key: string | Uint8Array, ...message: readonly (string | Uint8Array)[]): string => {
  const mac = createHmac('sha256', key);
  for (const part of message) mac.update(part);
  return mac.digest('hex');
};
const concat = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)]),
      )
    : value;
const python = (before: string): string =>
  JSON.stringify(JSON.parse(before), null, 1)
    .replace(/\n */g, ' ')
    .replace(/([{[]) | ([}\]])/g, '$1$2');
const ascii = (before: string): string =>
  before.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

// By what was done: the cause, and for which signatures it can happen.
const both: Readonly<Record<string, readonly [cause: Cause, mistake: Mistake]>> = {
  'another secret': ['wrong-secret', () => ({ secret: randomBytes(32).toString('hex') })],
  'newline after the secret': ['secret-trailing-newline', ({ secret }) => ({ secret: `${secret}\n` })],
  'CR LF after the secret': ['secret-trailing-newline', ({ secret }) => ({ secret: `${secret}\r\n` })],
  'newline as two characters': ['secret-trailing-newline', ({ secret }) => ({ secret: `${secret}\\n` })],
  'signed with a newline': [
    'secret-trailing-newline',
    signedAs((given, time) => prefixOf(given.headers) + hmac(`${given.secret}\n`, time && `${time}:`, given.body)),
  ],
  'space before the secret': ['secret-white-space', ({ secret }) => ({ secret: ` ${secret}` })],
  'spaces around the secret': ['secret-white-space', ({ secret }) => ({ secret: ` ${secret}\t` })],
  'quotes around the secret': ['secret-quoted', ({ secret }) => ({ secret: `"${secret}"` })],
  'quotes and a newline': ['secret-quoted', ({ secret }) => ({ secret: `'${secret}'\n` })],
  'name of the variable': ['secret-altered', ({ secret }) => ({ secret: `TWENTY_WEBHOOK_SECRET=${secret}` })],
  'secret in capitals': ['secret-altered', ({ secret }) => ({ secret: secret.toUpperCase() })],
  'secret in base64': ['secret-altered', ({ secret }) => ({ secret: Buffer.from(secret).toString('base64') })],
  'zero-width space': ['secret-altered', ({ secret }) => ({ secret: `\u200b${secret}` })],
  'secret decoded by the sender': [
    'wrong-scheme',
    signedAs(
      (given, time) => prefixOf(given.headers) + hmac(Buffer.from(given.secret, 'hex'), time && `${time}:`, given.body),
    ),
  ],
  'SHA-1': [
    'wrong-scheme',
    signedAs((given, time) =>
      createHmac('sha1', given.secret)
        .update(time && `${time}:`)
        .update(given.body)
        .digest('hex'),
    ),
  ],
  'SHA-512': [
    'wrong-scheme',
    signedAs((given, time) =>
      createHmac('sha512', given.secret)
        .update(time && `${time}:`)
        .update(given.body)
        .digest('hex'),
    ),
  ],
  base64: [
    'wrong-scheme',
    signedAs(
      (given, time) =>
        prefixOf(given.headers) +
        createHmac('sha256', given.secret)
          .update(time && `${time}:`)
          .update(given.body)
          .digest('base64'),
    ),
  ],
  'no HMAC': [
    'wrong-scheme',
    signedAs(
      (given) => prefixOf(given.headers) + createHash('sha256').update(given.secret).update(given.body).digest('hex'),
    ),
  ],
  'pretty-printed by two': ['body-pretty-printed', withText((before) => JSON.stringify(JSON.parse(before), null, 2))],
  'pretty-printed by tabs, with CR LF': [
    'body-pretty-printed',
    withText((before) => JSON.stringify(JSON.parse(before), null, '\t').replaceAll('\n', '\r\n')),
  ],
  'pretty-printed by jq': [
    'body-pretty-printed',
    withText((before) => `${JSON.stringify(JSON.parse(before), null, 2)}\n`),
  ],
  'json.dumps': ['body-reserialised', withText((before) => ascii(python(before)))],
  'json.dumps(indent=4)': [
    'body-pretty-printed',
    withText((before) => ascii(JSON.stringify(JSON.parse(before), null, 4))),
  ],
  json_encode: ['body-reserialised', withText((before) => ascii(before).replaceAll('/', '\\/'))],
  'all but ASCII escaped': [
    'body-reserialised',
    withText((before) =>
      ascii(before).replaceAll(/\\u[0-9a-f]{4}/g, (escaped) => escaped.toUpperCase().replace('U', 'u')),
    ),
  ],
  'signed spaced, made compact': [
    'body-reserialised',
    (given) =>
      signedAs(
        (_, time) => prefixOf(given.headers) + hmac(given.secret, time && `${time}:`, ascii(python(text(given)))),
      )(given),
  ],
  'JSON in a JSON string': ['body-reserialised', withText((before) => JSON.stringify(before))],
  'members sorted': ['body-reserialised', withText((before) => JSON.stringify(sorted(JSON.parse(before))))],
  'LF added': ['body-newline-added', withText((before) => `${before}\n`)],
  'CR LF added': ['body-newline-added', withText((before) => `${before}\r\n`)],
  'space added': ['body-white-space-added', withText((before) => `${before} `)],
  'spaces around it': ['body-white-space-added', withText((before) => `\t${before}\n \n`)],
  'BOM added': ['body-bom-added', withText((before) => `\uFEFF${before}`)],
  'BOM and newline added': ['body-newline-added', withText((before) => `\uFEFF${before}\r\n`)],
  'UTF-16': ['body-decoded-wrongly', (given) => ({ body: Buffer.from(`\uFEFF${text(given)}`, 'utf16le') })],
  'read as Latin-1': [
    'body-decoded-wrongly',
    ({ body }) => ({ body: Buffer.from(Buffer.from(body).toString('latin1')) }),
  ],
  'read as Windows-1252': [
    'body-decoded-wrongly',
    ({ body }) => ({ body: Buffer.from(new TextDecoder('windows-1252').decode(body)) }),
  ],
  'written as Latin-1': ['body-decoded-wrongly', (given) => ({ body: Buffer.from(text(given), 'latin1') })],
  'read as ASCII': ['body-decoded-wrongly', withText((before) => before.replace(/[^\0-\x7f]/g, '\uFFFD'))],
  'base64 body': ['body-base64-encoded', ({ body }) => ({ body: Buffer.from(Buffer.from(body).toString('base64')) })],
  gzip: ['body-compressed', ({ body }) => ({ body: gzipSync(body) })],
  'cut off': ['body-truncated', ({ body }) => ({ body: body.subarray(0, -7) })],
  'cut off between two objects': [
    'body-truncated',
    (given) => ({
      body: given.body.subarray(0, -1),
      ...withHeaders(() => ({ 'content-length': String(given.body.length) }))(given),
    }),
  ],
  'a value edited': [
    'body-changed',
    (given) => ({
      ...withText((before) => before.replace(/"workspaceId":"[^"]+"/, '"workspaceId":"mine"'))(given),
      ...withHeaders(() => ({ 'content-length': String(given.body.length) }))(given),
    }),
  ],
  'one bit turned': [
    'body-bit-changed',
    ({ body }) => ({ body: body.map((byte, index) => (index === 100 ? byte ^ 4 : byte)) }),
  ],
  'one byte put in': [
    'body-bit-changed',
    ({ body }) => ({ body: concat(body.subarray(0, 90), 'x', body.subarray(90)) }),
  ],
  'another event': [
    'event-name-changed',
    withText((before) => before.replace(/\.(created|updated|deleted)"/, '.destroyed"')),
  ],
  'nothing left': ['body-empty', () => ({ body: new Uint8Array() })],
  'signature cut': [
    'signature-truncated',
    withHeaders((headers) => ({ [nameOf(headers)]: headers[nameOf(headers)]?.slice(0, -20) })),
  ],
  'signature twice': [
    'signature-repeated',
    withHeaders((headers) => ({ [nameOf(headers)]: `${headers[nameOf(headers)]}, ${headers[nameOf(headers)]}` })),
  ],
  'signature edited': [
    'signature-altered',
    withHeaders((headers) => ({
      [nameOf(headers)]: headers[nameOf(headers)]?.replace(/.{3}$/, (end) => (end === '123' ? '456' : '123')),
    })),
  ],
  'prefix of the other kind': [
    'signature-prefix-wrong',
    withHeaders((headers) => ({
      [nameOf(headers)]:
        prefixOf(headers) === '' ? `sha256=${headers[nameOf(headers)]}` : headers[nameOf(headers)]?.slice(7),
    })),
  ],
  'signature of the guide': [
    'signature-of-the-guide',
    withHeaders((headers) => ({ [nameOf(headers)]: 'sha256=test-signature' })),
  ],
  'headers lost': ['signature-missing', () => ({ headers: { 'content-type': 'application/json' } })],
  'name with underscores': [
    'header-renamed',
    ({ headers }) => ({
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value]),
      ),
    }),
  ],
  // Two at once: one of them is named first, the other beside it.
  'newline after secret and body': [
    'secret-trailing-newline',
    (given) => ({ secret: `${given.secret}\n`, ...withText((before) => `${before}\n`)(given) }),
  ],
  'quotes, and pretty-printed': [
    'secret-quoted',
    (given) => ({
      secret: `"${given.secret}"`,
      ...withText((before) => JSON.stringify(JSON.parse(before), null, 2))(given),
    }),
  ],
};

const timestampedOnly: Readonly<Record<string, readonly [cause: Cause, mistake: Mistake]>> = {
  'body alone signed': ['wrong-scheme', signedAs(({ secret, body }) => hmac(secret, body))],
  'no colon': ['wrong-scheme', signedAs(({ secret, body }, time) => hmac(secret, time, body))],
  'a dot for the colon': ['wrong-scheme', signedAs(({ secret, body }, time) => hmac(secret, `${time}.`, body))],
  'the nonce signed': [
    'wrong-scheme',
    signedAs(({ secret, body, headers }, time) => hmac(secret, `${time}:${headers['x-twenty-webhook-nonce']}:`, body)),
  ],
  'in the header of the other': [
    'wrong-scheme',
    withHeaders((headers) => ({
      'x-twenty-webhook-signature': undefined,
      'x-twenty-signature': `sha256=${headers['x-twenty-webhook-signature']}`,
    })),
  ],
  'signature lost': ['header-lost', withHeaders(() => ({ 'x-twenty-webhook-signature': undefined }))],
  'timestamp lost': ['timestamp-missing', withHeaders(() => ({ 'x-twenty-webhook-timestamp': undefined }))],
  'all but the nonce lost': [
    'header-lost',
    withHeaders(() => ({ 'x-twenty-webhook-signature': undefined, 'x-twenty-webhook-timestamp': undefined })),
  ],
  'seconds sent and signed': [
    'timestamp-seconds-not-milliseconds',
    (given) =>
      withHeaders(() => ({
        'x-twenty-webhook-timestamp': String(Math.floor(nowMs / 1_000)),
        'x-twenty-webhook-signature': hmac(given.secret, `${Math.floor(nowMs / 1_000)}:`, given.body),
      }))(given),
  ],
  'seconds sent': [
    'timestamp-seconds-not-milliseconds',
    withHeaders((headers) => ({ 'x-twenty-webhook-timestamp': headers['x-twenty-webhook-timestamp']?.slice(0, -3) })),
  ],
  'seconds signed': [
    'timestamp-seconds-not-milliseconds',
    signedAs(({ secret, body }, time) => hmac(secret, `${time.slice(0, -3)}:`, body)),
  ],
  'seconds with a fraction': [
    'timestamp-seconds-not-milliseconds',
    withHeaders((headers) => ({
      'x-twenty-webhook-timestamp': String(Number(headers['x-twenty-webhook-timestamp']) / 1_000 + 0.0001),
    })),
  ],
  'time as a date': [
    'timestamp-malformed',
    withHeaders((headers) => ({
      'x-twenty-webhook-timestamp': new Date(Number(headers['x-twenty-webhook-timestamp'])).toISOString(),
    })),
  ],
  'time moved by 9 s': [
    'timestamp-changed',
    withHeaders((headers) => ({
      'x-twenty-webhook-timestamp': String(Number(headers['x-twenty-webhook-timestamp']) + 9_000),
    })),
  ],
  'sent again with a new time': [
    'timestamp-changed',
    withHeaders(() => ({ 'x-twenty-webhook-timestamp': String(nowMs + 200_000) })),
  ],
};

const names = documentedEvents.filter((name) => !name.endsWith('.destroyed'));
let next = 0;

/** An event of the format, another one each time: ids and times are fresh, names go round. */
const samples = (format: 'server' | 'envelope') =>
  [names[next++ % names.length] ?? ''].map((name) => {
    // All that the encodings and escapes are about: accents, quotes, characters that Windows-1252 has and Latin-1 has not.
    const overrides = {
      ...(format === 'server' && { eventDate: new Date(nowMs - 40).toISOString() }),
      note: 'Zoë d’Arc — "½" €5 / <b>',
      path: 'a/b',
    };
    const body = sampleEvent(name, { format, overrides });
    return { name, ...signDelivery(body, { secret: '9f86d081884c7d659a2feaa0c55ad015', format, timestamp: nowMs }) };
  });

async function causesOf(mistake: Mistake, { headers, body }: Pick<Given, 'headers' | 'body'>) {
  const given: Given = { secret: '9f86d081884c7d659a2feaa0c55ad015', headers: { ...headers }, body };
  const spoilt = { ...given, ...mistake(given) };
  return diagnose(toDelivery(Object.entries(spoilt.headers), spoilt.body), {
    secrets: [spoilt.secret],
    nowMs,
    toleranceSeconds: 300,
  });
}

describe('mistakes', () => {
  test.each(['server', 'envelope'] as const)('none, %s', async (format) => {
    for (const sample of samples(format)) expect((await causesOf(() => ({}), sample)).cause).toBe('genuine');
  });

  test.each(Object.entries(both))('%s', async (_, [cause, mistake]) => {
    for (const sample of [...samples('server'), ...samples('envelope')]) {
      const { cause: found, also } = await causesOf(mistake, sample);
      expect({ found, also: also.map((one) => one.cause) }, sample.name).toMatchObject({ found: cause });
    }
  });

  test.each(Object.entries(timestampedOnly))('%s', async (_, [cause, mistake]) => {
    for (const sample of samples('server')) expect((await causesOf(mistake, sample)).cause, sample.name).toBe(cause);
  });
});
