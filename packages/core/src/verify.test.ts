import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWebhookError } from './errors.ts';
import type { HeadersLike } from './request-head.ts';
import { nowMs, secret, signPlain, signTimestamped, toBytes, vector } from './testdata/deliveries.ts';
import { type VerifyOptions, verifySignature } from './verify.ts';

const { body } = vector('bytes/escaped-non-ascii');
const genuine = signTimestamped(body);
const options = { secret, now: () => nowMs };

const codeOf = (headers: HeadersLike, more: Partial<VerifyOptions> = {}, bytes: Uint8Array = body): Promise<unknown> =>
  verifySignature(bytes, headers, { ...options, ...more }).then(
    ({ scheme }) => scheme,
    (error: unknown) => (isWebhookError(error) ? error.code : error),
  );

const without = (name: string): Record<string, string> => {
  const { [name]: _, ...rest } = genuine;
  return rest;
};

describe('timestamped', () => {
  test('a genuine delivery tells scheme, secret and time', async () => {
    expect(await verifySignature(body, genuine, options)).toEqual({
      scheme: 'timestamped',
      secretIndex: 0,
      signedAtMs: nowMs,
    });
  });

  test('the nonce does not matter', async () => {
    expect(await codeOf({ ...genuine, 'x-twenty-webhook-nonce': 'other' })).toBe('timestamped');
    expect(await codeOf(without('x-twenty-webhook-nonce'))).toBe('timestamped');
  });

  test.each<[code: string, change: Record<string, string>]>([
    ['SIGNATURE_MISSING', { 'x-twenty-webhook-signature': '' }],
    ['SIGNATURE_MALFORMED', { 'x-twenty-webhook-signature': 'ab'.repeat(31) }],
    ['SIGNATURE_MALFORMED', { 'x-twenty-webhook-signature': 'ab'.repeat(33) }],
    ['SIGNATURE_MALFORMED', { 'x-twenty-webhook-signature': 'zz'.repeat(32) }],
    ['SIGNATURE_MALFORMED', { 'x-twenty-webhook-signature': `sha256=${genuine['x-twenty-webhook-signature']}` }],
    ['SIGNATURE_MALFORMED', { 'x-twenty-webhook-signature': ` ${genuine['x-twenty-webhook-signature']}` }],
    ['SIGNATURE_MISMATCH', { 'x-twenty-webhook-signature': '0'.repeat(64) }],
    ['TIMESTAMP_MISSING', { 'x-twenty-webhook-timestamp': '' }],
    ['TIMESTAMP_MALFORMED', { 'x-twenty-webhook-timestamp': `${nowMs}.5` }],
    ['TIMESTAMP_MALFORMED', { 'x-twenty-webhook-timestamp': ` ${nowMs}` }],
    ['SIGNATURE_MISMATCH', { 'x-twenty-webhook-timestamp': String(nowMs + 1) }],
  ])('%s for %j', async (code, change) => {
    expect(await codeOf({ ...genuine, ...change })).toBe(code);
  });

  test('either header alone is not enough', async () => {
    expect(await codeOf(without('x-twenty-webhook-signature'))).toBe('SIGNATURE_MISSING');
    expect(await codeOf(without('x-twenty-webhook-timestamp'))).toBe('TIMESTAMP_MISSING');
  });

  test('a signature sent twice has a wrong form, even if one is genuine', async () => {
    const signature = genuine['x-twenty-webhook-signature'];
    expect(await codeOf({ ...genuine, 'x-twenty-webhook-signature': `${signature}, ${signature}` })).toBe(
      'SIGNATURE_MALFORMED',
    );
  });

  test.each([
    [0, 'timestamped'],
    [300_000, 'timestamped'],
    [300_001, 'TIMESTAMP_TOO_OLD'],
    [-300_000, 'timestamped'],
    [-300_001, 'TIMESTAMP_IN_FUTURE'],
  ])('signed %d ms ago: %s', async (ageMs, expected) => {
    expect(await codeOf(signTimestamped(body, secret, nowMs - ageMs))).toBe(expected);
  });

  test('toleranceSeconds are seconds', async () => {
    const headers = signTimestamped(body, secret, nowMs - 2_000);
    expect(await codeOf(headers, { toleranceSeconds: 2 })).toBe('timestamped');
    expect(await codeOf(headers, { toleranceSeconds: 1 })).toBe('TIMESTAMP_TOO_OLD');
    expect(await codeOf(signTimestamped(body), { toleranceSeconds: 0 })).toBe('timestamped');
  });

  test('seconds for milliseconds are too old', async () => {
    expect(await codeOf(signTimestamped(body, secret, Math.floor(nowMs / 1000)))).toBe('TIMESTAMP_TOO_OLD');
  });

  test('the clock is the real one by default', async () => {
    const verified = verifySignature(body, signTimestamped(body, secret, Date.now()), { secret });
    expect((await verified).scheme).toBe('timestamped');
    await expect(verifySignature(body, genuine, { secret })).rejects.toMatchObject({ code: /^TIMESTAMP_/ });
  });
});

describe('order', () => {
  const stale = signTimestamped(body, secret, nowMs - 1_000_000);

  test('a forged delivery learns nothing of the time window', async () => {
    expect(await codeOf(stale)).toBe('TIMESTAMP_TOO_OLD');
    expect(await codeOf(stale, { secret: 'other' })).toBe('SIGNATURE_MISMATCH');
    expect(await codeOf(signTimestamped(body, 'other', nowMs + 1_000_000))).toBe('SIGNATURE_MISMATCH');
  });

  test('missing before malformed before mismatch', async () => {
    const [signature, timestamp] = ['x-twenty-webhook-signature', 'x-twenty-webhook-timestamp'];
    expect(await codeOf({ [timestamp]: 'no number' })).toBe('SIGNATURE_MISSING');
    expect(await codeOf({ [signature]: 'no hex' })).toBe('TIMESTAMP_MISSING');
    expect(await codeOf({ [signature]: 'no hex', [timestamp]: 'no number' })).toBe('SIGNATURE_MALFORMED');
    expect(await codeOf({ [signature]: '0'.repeat(64), [timestamp]: 'no number' })).toBe('TIMESTAMP_MALFORMED');
  });
});

describe('plain', () => {
  const plain = signPlain(body);
  const signature = plain['x-twenty-signature'] ?? '';

  test('a genuine delivery has no time', async () => {
    expect(await verifySignature(body, plain, options)).toEqual({
      scheme: 'plain',
      secretIndex: 0,
      signedAtMs: undefined,
    });
  });

  test.each<[code: string, signature: string]>([
    ['SIGNATURE_MISSING', ''],
    ['SIGNATURE_MALFORMED', signature.slice(7)],
    ['SIGNATURE_MALFORMED', signature.replace('sha256=', 'sha1=')],
    ['SIGNATURE_MALFORMED', signature.replace('sha256=', 'sha512=')],
    ['SIGNATURE_MALFORMED', signature.replace('sha256=', 'SHA256=')],
    ['SIGNATURE_MALFORMED', signature.replace('sha256=', 'sha256:')],
    ['SIGNATURE_MALFORMED', signature.slice(0, -1)],
    ['SIGNATURE_MALFORMED', `${signature}0`],
    ['SIGNATURE_MALFORMED', `sha256=${'z'.repeat(64)}`],
    ['SIGNATURE_MALFORMED', 'sha256=test-signature'],
    ['SIGNATURE_MALFORMED', `${signature}, ${signature}`],
    ['SIGNATURE_MISMATCH', `sha256=${'0'.repeat(64)}`],
    ['SIGNATURE_MISMATCH', `sha256=${signTimestamped(body)['x-twenty-webhook-signature']}`],
  ])('%s for %s', async (code, header) => {
    expect(await codeOf({ 'x-twenty-signature': header })).toBe(code);
  });

  test('a plain signature is none of the other scheme', async () => {
    expect(await codeOf({ ...genuine, 'x-twenty-webhook-signature': signature.slice(7) })).toBe('SIGNATURE_MISMATCH');
  });
});

describe('both families', () => {
  const plain = signPlain(body);

  test('the timestamped one decides, for better or worse', async () => {
    const stale = signTimestamped(body, secret, 1);
    expect(await codeOf({ ...genuine, 'x-twenty-signature': 'sha256=wrong' })).toBe('timestamped');
    expect(await codeOf({ ...plain, ...stale })).toBe('TIMESTAMP_TOO_OLD');
    expect(await codeOf({ ...plain, ...genuine, 'x-twenty-webhook-signature': '0'.repeat(64) })).toBe(
      'SIGNATURE_MISMATCH',
    );
  });

  test('a half or an empty one decides too: nobody gets around the time window by dropping a header', async () => {
    expect(await codeOf({ ...plain, 'x-twenty-webhook-timestamp': String(nowMs) })).toBe('SIGNATURE_MISSING');
    expect(await codeOf({ ...plain, 'x-twenty-webhook-signature': '0'.repeat(64) })).toBe('TIMESTAMP_MISSING');
    expect(await codeOf({ ...plain, 'x-twenty-webhook-signature': '' })).toBe('SIGNATURE_MISSING');
    expect(await codeOf({ ...plain, 'x-twenty-webhook-timestamp': '' })).toBe('SIGNATURE_MISSING');
  });

  test('none is SIGNATURE_MISSING', async () => {
    expect(await codeOf({})).toBe('SIGNATURE_MISSING');
    expect(await codeOf({ 'content-type': 'application/json', 'x-twenty-webhook-nonce': 'abc' })).toBe(
      'SIGNATURE_MISSING',
    );
    expect(await codeOf(new Headers())).toBe('SIGNATURE_MISSING');
  });
});

describe('signatures', () => {
  const plain = signPlain(body);

  test('only the chosen schemes count', async () => {
    expect(await codeOf(plain, { signatures: ['timestamped'] })).toBe('SIGNATURE_MISSING');
    expect(await codeOf(genuine, { signatures: ['timestamped'] })).toBe('timestamped');
    expect(await codeOf(genuine, { signatures: ['plain'] })).toBe('SIGNATURE_MISSING');
    expect(await codeOf(plain, { signatures: ['plain'] })).toBe('plain');
  });

  test('the other family is not looked at', async () => {
    const both = { ...plain, ...signTimestamped(body, 'other', 1) };
    expect(await codeOf(both, { signatures: ['plain'] })).toBe('plain');
    expect(await codeOf({ ...genuine, 'x-twenty-signature': 'x' }, { signatures: ['timestamped'] })).toBe(
      'timestamped',
    );
  });

  test('the order of the list does not matter', async () => {
    const both = { ...plain, ...signTimestamped(body, secret, 1) };
    expect(await codeOf(both, { signatures: ['plain', 'timestamped'] })).toBe('TIMESTAMP_TOO_OLD');
  });
});

describe('secrets', () => {
  test('every one is tried, and the index that matched is told', async () => {
    const secrets = ['new', 'old', 'older'];
    for (const [index, one] of secrets.entries()) {
      const verified = verifySignature(body, signTimestamped(body, one), { ...options, secret: secrets });
      expect(await verified).toMatchObject({ secretIndex: index });
    }
    expect(await codeOf(signTimestamped(body, 'oldest'), { secret: secrets })).toBe('SIGNATURE_MISMATCH');
  });

  test('the first that matches is told', async () => {
    const verified = verifySignature(body, genuine, { ...options, secret: ['other', secret, secret] });
    expect(await verified).toMatchObject({ secretIndex: 1 });
  });

  test.each(['é', '日本語', '🚀 rocket', 'a\u0000b', '"quoted"', '9f86d081'])(
    '%j is used as UTF-8 text',
    async (one) => {
      expect(await codeOf(signTimestamped(body, one), { secret: one })).toBe('timestamped');
      expect(await codeOf(signPlain(body, one), { secret: one })).toBe('plain');
    },
  );

  test.each([`${secret}\n`, `${secret}\r\n`, ` ${secret}`, secret.toUpperCase(), secret.slice(0, -1)])(
    '%j is another secret',
    async (one) => {
      expect(await codeOf(genuine, { secret: one })).toBe('SIGNATURE_MISMATCH');
      expect(await codeOf(signTimestamped(body, one), { secret: one })).toBe('timestamped');
    },
  );

  test('é in two forms is two secrets', async () => {
    expect(await codeOf(signTimestamped(body, 'e\u0301'), { secret: '\u00e9' })).toBe('SIGNATURE_MISMATCH');
  });

  test('hex in a secret is text', async () => {
    const bytes = Buffer.from('9f86d081', 'hex').toString('latin1');
    expect(await codeOf(signTimestamped(body, bytes), { secret: '9f86d081' })).toBe('SIGNATURE_MISMATCH');
  });

  test.each<[what: string, none: VerifyOptions['secret']]>([
    ['an empty text', ''],
    ['an empty list', []],
    ['an empty one among others', ['good', '']],
    ['nothing', undefined as never],
    ['no text', 5 as never],
    ['no text among others', ['good', undefined as never]],
  ])('SECRET_MISSING for %s', async (_, none) => {
    expect(await codeOf(genuine, { secret: none })).toBe('SECRET_MISSING');
  });
});

describe('any change', () => {
  test.each(['timestamped', 'plain'] as const)('of one bit of the body is found (%s)', async (scheme) => {
    const headers = scheme === 'plain' ? signPlain(body) : genuine;
    const property = fc.asyncProperty(fc.nat(body.length * 8 - 1), async (bit) => {
      const changed = toBytes(body);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await codeOf(headers, {}, changed)).toBe('SIGNATURE_MISMATCH');
    });
    await fc.assert(property);
  });

  test('of the length of the body is found', async () => {
    for (const changed of [
      body.subarray(1),
      body.subarray(0, -1),
      toBytes([...body, 0x20] as never),
      toBytes([0x20, ...body] as never),
    ]) {
      expect(await codeOf(genuine, {}, toBytes(changed))).toBe('SIGNATURE_MISMATCH');
    }
  });

  test('of one bit of the signature is found', async () => {
    const signature = genuine['x-twenty-webhook-signature'] ?? '';
    const property = fc.asyncProperty(fc.nat(63), fc.nat(3), async (at, bit) => {
      const digit = (Number.parseInt(signature[at] ?? '', 16) ^ (1 << bit)).toString(16);
      const changed = signature.slice(0, at) + digit + signature.slice(at + 1);
      expect(await codeOf({ ...genuine, 'x-twenty-webhook-signature': changed })).toBe('SIGNATURE_MISMATCH');
    });
    await fc.assert(property);
  });

  test('of one digit of the timestamp is found', async () => {
    const timestamp = String(nowMs);
    for (let at = 0; at < timestamp.length; at++) {
      const digit = (Number(timestamp[at]) + 1) % 10;
      const changed = timestamp.slice(0, at) + digit + timestamp.slice(at + 1);
      expect(await codeOf({ ...genuine, 'x-twenty-webhook-timestamp': changed })).toBe('SIGNATURE_MISMATCH');
    }
  });

  test('bytes do not move between timestamp and body', async () => {
    const moved = { ...genuine, 'x-twenty-webhook-timestamp': String(nowMs).slice(0, -1) };
    const rest = toBytes(Buffer.concat([Buffer.from(String(nowMs).slice(-1)), Buffer.from(':'), body]));
    expect(await codeOf(moved, {}, rest)).toBe('SIGNATURE_MISMATCH');
  });

  test('whatever the headers hold, it is one of the codes', async () => {
    const names = ['x-twenty-webhook-signature', 'x-twenty-webhook-timestamp', 'x-twenty-signature'] as const;
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.stringMatching(/^sha256=[0-9a-f]{64}$/),
    );
    const property = fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), text), async (headers) => {
      expect(await codeOf(headers)).toMatch(/^(SIGNATURE|TIMESTAMP)_(MISSING|MALFORMED|MISMATCH)$/);
    });
    await fc.assert(property);
  });
});

describe('errors', () => {
  test('tell what happened and what to do, and no secret, signature or body', async () => {
    const canary = 'canary-secret-canary';
    const error = await verifySignature(body, genuine, { ...options, secret: canary }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'SIGNATURE_MISMATCH', message: /secret.*bytes of the body/ });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/canary|[0-9a-f]{64}|Jane/);
  });

  test('a typo in the options cannot open the door', async () => {
    const plain = signPlain(body);
    for (const signatures of [[], ['timestmped']]) {
      expect(await codeOf(plain, { signatures: signatures as never })).not.toBe('plain');
    }
    expect(await codeOf(signTimestamped(body, secret, 1), { toleranceSeconds: Number.NaN })).not.toBe('timestamped');
  });
});
