import assert from 'node:assert/strict';
import { isWebhookError } from '@twenty-webhooks/core';
import { type Core, realCore } from '../core.ts';
import { hmacOf } from '../oracles/signature.ts';
import type { Property } from '../property.ts';

/** A genuine delivery is fresh within the tolerance on both sides, to the millisecond; every odd form of time is refused. */
export function freshnessProperty(core: Pick<Core, 'verifySignature'> = realCore): Property {
  return {
    name: 'freshness',
    weight: 90_000,
    maxScriptBytes: 24,
    testCases: 3_000,
    async check(choices) {
      const toleranceSeconds = choices.pick([300, 0, 1, 0.001, 0.5, 86_400, 2_147_483_647]);
      const nowMs = choices.pick([1_795_448_103_416, 0, 1, 999_999_999_999_999, 1_795_448_103_416.5]);
      const window = BigInt(Math.round(toleranceSeconds * 1000));
      const offset = BigInt(choices.pick([-1, 0, 1])) * window + BigInt(choices.below(7) - 3);
      const wanted = BigInt(Math.floor(nowMs)) + offset;
      const text = choices.oneIn(4)
        ? `${choices.pick(['0', ' ', '+', ''])}${wanted}${choices.pick(['', ' ', '.0', 'n', '0'])}`
        : String(wanted);
      const headers = {
        'x-twenty-webhook-timestamp': text,
        'x-twenty-webhook-signature': hmacOf('s', `${text}:`, body),
      };
      const options = { secret: 's', toleranceSeconds, now: () => nowMs };
      const found = await core.verifySignature(body, headers, options).then(
        ({ signedAtMs }) => signedAtMs,
        (error: unknown) => (isWebhookError(error) ? error.code : Promise.reject(error)),
      );
      assert.equal(found, expectedOf(text, nowMs, window), `${text} at ${nowMs}, tolerance ${toleranceSeconds}`);
    },
  };
}

function expectedOf(text: string, nowMs: number, windowMs: bigint): number | string {
  const isDigits = text !== '' && [...text].every((digit) => digit >= '0' && digit <= '9');
  if (!isDigits || text.startsWith('0') || text.length > 15) return 'TIMESTAMP_MALFORMED';
  // In halves of milliseconds, so that a clock with fractions is exact too.
  const age = BigInt(nowMs * 2) - BigInt(text) * 2n;
  if (age > windowMs * 2n) return 'TIMESTAMP_TOO_OLD';
  return age < -windowMs * 2n ? 'TIMESTAMP_IN_FUTURE' : Number(text);
}

const body = Buffer.from('{}');
