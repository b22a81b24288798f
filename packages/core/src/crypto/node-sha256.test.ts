import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHmacKey, hmacHex, sha256Hex } from './node-sha256.ts';

const reference = (secret: string, prefix: string, bytes: Uint8Array): string =>
  createHmac('sha256', secret).update(prefix).update(bytes).digest('hex');

it('is the HMAC of node:crypto for secrets around the block size', () => {
  for (const length of [1, 31, 32, 33, 63, 64, 65, 66, 127, 128, 129, 1000]) {
    const secret = 'k'.repeat(length);
    expect(hmacHex(createHmacKey(secret), '1:', Buffer.from('body'))).toBe(
      reference(secret, '1:', Buffer.from('body')),
    );
  }
});

it('is the HMAC of node:crypto for messages of every length around its limits', () => {
  const key = createHmacKey('secret');
  for (const around of [0, 55, 64, 128, 16 * 1024 - 64, 16 * 1024, 100_000]) {
    for (let length = Math.max(0, around - 20); length <= around + 20; length++) {
      const bytes = Buffer.alloc(length, length);
      expect(hmacHex(key, '1795448101916:', bytes)).toBe(reference('secret', '1795448101916:', bytes));
    }
  }
});

it('is the HMAC of node:crypto for any secret and message, one after the other', () => {
  const secret = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
  const prefix = fc.option(
    fc.nat().map((time) => `${time}:`),
    { nil: '' },
  );
  fc.assert(
    fc.property(secret, prefix, fc.uint8Array({ maxLength: 300 }), (text, before, bytes) => {
      expect(hmacHex(createHmacKey(text), before, bytes)).toBe(reference(text, before, bytes));
    }),
    { numRuns: 2000 },
  );
});

it('is the SHA-256 of node:crypto for any parts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 4_000 });
  const parts = fc.array(fc.oneof(fc.uint8Array({ maxLength: 12_000 }), text), { maxLength: 4 });
  fc.assert(
    fc.property(parts, (some) => {
      expect(sha256Hex(some)).toBe(
        createHash('sha256')
          .update(Buffer.concat(some.map((part) => Buffer.from(part as string))))
          .digest('hex'),
      );
    }),
  );
});
