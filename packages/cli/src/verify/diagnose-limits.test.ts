import { createHmac, randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { describe, expect, test } from 'vitest';
import { toDelivery } from './delivery.ts';
import { diagnose } from './diagnose.ts';
import { toLines } from './report.ts';

const secret = '9f86d081884c7d659a2feaa0c55ad015';
const nowMs = Date.now();
const signed = (overrides: Record<string, unknown> = {}, format: 'server' | 'envelope' = 'server') =>
  signDelivery(sampleEvent('person.created', { format, overrides }), { secret, format, timestamp: nowMs });
const hmac = (...parts: readonly (string | Uint8Array)[]): string => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
};

interface Given {
  headers: Record<string, string>;
  body?: Uint8Array | string;
  secrets?: readonly [string, ...string[]];
}

const { headers, body } = signed();
const signature = headers['x-twenty-webhook-signature'] ?? '';
const judge = ({ headers: given, body: bytes = body, secrets = [secret] }: Given) =>
  diagnose(toDelivery(Object.entries(given), Buffer.from(bytes as string)), { secrets, nowMs, toleranceSeconds: 300 });
const another = randomBytes(32).toString('hex');

describe('a body that is plainly no event', () => {
  test.each([
    ['[object Object]', /String\(object\)/],
    ['{}', /empty/],
    ['null', /empty/],
    ['undefined', /empty/],
    ["{'eventName': 'person.created', 'a': None}", /Python/],
    ['{eventName:person.created,a:{b:c}}', /quotes are gone/],
    ['<html></html>', /HTML/],
    ['a=b&c=d', /form/],
    ['{"a":1}', /no eventName/],
    [`${'['.repeat(4_500)}${']'.repeat(4_500)}`, /deeper/],
    ['hello', /no JSON/],
  ])('%.30s', async (text, look) => {
    const diagnosis = await judge({ headers, body: text });
    expect(diagnosis).toMatchObject({
      cause: 'body-not-an-event',
      isProven: false,
      detail: expect.stringMatching(look),
    });
  });

  const text = Buffer.from(body).toString();
  test.each([
    ['body-base64-encoded', Buffer.from(body).toString('base64url')],
    ['body-encoded', Buffer.from(body).toString('hex')],
    ['body-encoded', `payload=${encodeURIComponent(text)}`],
    ['body-encoded', text.replaceAll('"', '&quot;')],
    ['body-encoded', text.replaceAll('"', '\\"')],
    ['body-wrapped', JSON.stringify({ headers: {}, body: text })],
    ['body-wrapped', `'${text}'`],
    ['body-compressed', gzipSync(body)],
    ['body-compressed', deflateSync(body)],
    ['body-compressed', brotliCompressSync(body)],
  ] as const)('%s', async (cause, spoilt) => {
    expect(await judge({ headers, body: spoilt })).toMatchObject({ cause, isProven: true, secretIndex: 0 });
  });

  test('likely, if the secret is another one too', async () => {
    const [cause, spoilt] = ['body-compressed', gzipSync(body)] as const;
    const diagnosis = await judge({ headers, body: spoilt, secrets: [another] });
    expect(diagnosis).toMatchObject({ cause, isProven: false });
    expect(diagnosis.also.map((one) => one.cause)).toContain('wrong-secret');
  });

  test('compressed, but it cannot be undone', async () => {
    const diagnosis = await judge({ headers, body: gzipSync(body).subarray(0, 90) });
    expect(diagnosis).toMatchObject({ cause: 'body-compressed', isProven: false });
  });

  test('compressed by something unknown', async () => {
    const diagnosis = await judge({
      headers: { ...headers, 'content-encoding': 'zstd' },
      body: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    });
    expect(diagnosis).toMatchObject({
      cause: 'body-compressed',
      code: 'CONTENT_ENCODING_UNSUPPORTED',
      isProven: false,
    });
  });
});

describe('signatures', () => {
  test('the body alone, without a timestamp', async () => {
    const given = { 'x-twenty-webhook-signature': hmac(body) };
    expect(await judge({ headers: given })).toMatchObject({ cause: 'wrong-scheme', isProven: true });
  });

  test.each([
    ['signature-malformed', { 'x-twenty-webhook-signature': `"${signature}"` }, true],
    ['signature-malformed', { 'x-twenty-webhook-signature': `0x${signature}` }, true],
    ['wrong-scheme', { 'x-twenty-webhook-signature': `t=${nowMs},v1=${signature}` }, true],
    ['signature-truncated', { 'x-twenty-webhook-signature': signature.slice(10) }, true],
    ['signature-truncated', { 'x-twenty-webhook-signature': signature.slice(0, -10) }, true],
    ['signature-truncated', { 'x-twenty-webhook-signature': hmac('another').slice(10) }, false],
    ['signature-altered', { 'x-twenty-webhook-signature': signature.slice(0, -8).padEnd(64, another) }, true],
    ['wrong-secret', { 'x-twenty-webhook-signature': signature.slice(0, -24) + hmac('another').slice(-24) }, false],
    ['timestamp-malformed', { 'x-twenty-webhook-timestamp': `${nowMs}000` }, true],
  ] as const)('%s %j', async (cause, changed, isProven) => {
    expect(await judge({ headers: { ...headers, ...changed } })).toMatchObject({ cause, isProven });
  });

  test("the guide's beside a timestamp; a renamed one beside another", async () => {
    const { 'x-twenty-webhook-signature': right = '', ...rest } = headers;
    const guide = { ...rest, 'x-twenty-signature': 'sha256=test-signature' };
    expect(await judge({ headers: guide })).toMatchObject({ cause: 'signature-of-the-guide' });
    const renamed = { ...rest, 'x-twenty-signature': `sha256=${another}`, http_x_twenty_webhook_signature: right };
    expect(await judge({ headers: renamed })).toMatchObject({ cause: 'header-renamed' });
  });

  test('microseconds, also if they were signed', async () => {
    const time = `${nowMs}000`;
    const given = {
      ...headers,
      'x-twenty-webhook-timestamp': time,
      'x-twenty-webhook-signature': hmac(`${time}:`, body),
    };
    expect(await judge({ headers: given })).toMatchObject({
      cause: 'timestamp-malformed',
      detail: 'these are microseconds',
    });
  });
});

describe('refused, or to be noted, although the signature is right', () => {
  test('content-encoding', async () => {
    for (const one of [signed(), signed({}, 'envelope')]) {
      const given = { ...one.headers, 'content-encoding': 'gzip' };
      const diagnosis = await judge({ headers: given, body: one.body });
      expect(diagnosis).toMatchObject({ cause: 'content-encoding', code: 'CONTENT_ENCODING_UNSUPPORTED' });
      const facts = { diagnosis, delivery: toDelivery(Object.entries(given), one.body), nowMs, event: undefined };
      expect(toLines({ style: (_, text) => text }, facts)[0]).toContain('Signature right, but refused');
    }
    expect(await judge({ headers: { ...headers, 'content-encoding': 'identity' } })).toMatchObject({
      cause: 'genuine',
    });
  });

  test('over 5 MiB', async () => {
    const large = signed({ note: 'x'.repeat(5 * 1024 * 1024) });
    const diagnosis = await judge({ headers: large.headers, body: large.body });
    expect(diagnosis).toMatchObject({ cause: 'genuine', code: undefined, also: [{ cause: 'body-too-large' }] });
    const facts = {
      diagnosis,
      delivery: toDelivery(Object.entries(large.headers), large.body),
      nowMs,
      event: undefined,
    };
    expect(toLines({ style: (_, text) => text }, facts).join('\n')).toContain('maxBodyBytes');
  });
});

describe('what was tried', () => {
  test('not all of a large body', async () => {
    const large = signed({ note: 'x'.repeat(9_000) });
    expect((await judge({ ...large, secrets: [another] })).isCutShort).toBe(true);
    expect((await judge({ headers, secrets: [another] })).isCutShort).toBe(false);
  });

  test('all secrets, of which the right one has its number; nothing is named twice', async () => {
    const twice = Buffer.from(Buffer.from(body).toString('base64')).toString('base64');
    expect(await judge({ headers, body: twice, secrets: [another, secret] })).toMatchObject({
      cause: 'body-base64-encoded',
      secretIndex: 1,
      also: [],
    });
  });
});
