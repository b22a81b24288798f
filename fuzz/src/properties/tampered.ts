import assert from 'node:assert/strict';
import type { Receiver } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { anyBody } from '../inputs/bodies.ts';
import { mutated } from '../inputs/mutated.ts';
import { nowMs } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import { textMutated } from '../inputs/text-mutated.ts';
import { hmacOf } from '../oracles/signature.ts';
import type { Property } from '../property.ts';

/**
 * A genuine delivery with anything changed is not genuine any more: not its body, signature, timestamp, prefix or scheme.
 * The only changes that are none: the case of the signature's hex digits, and the order of what is not signed.
 */
export function tamperedProperty(core: Core = realCore): Property {
  let receiver: Receiver | undefined;
  return {
    name: 'tampered',
    weight: 240_000,
    maxScriptBytes: 120,
    testCases: 3_000,
    async check(choices) {
      receiver ??= core.createReceiver({
        secret,
        // No time is wrong, so that only the signature stands in the way.
        toleranceSeconds: 2_147_483_647,
        on: { '*': () => {} },
        idempotency: 'off',
        logger: silent,
        now: () => nowMs,
      });
      const delivery = genuine(choices);
      const changed = tamper(choices, delivery);
      const outcome = await receiver.receive({
        method: 'POST',
        url: '/',
        headers: changed.headers,
        body: changed.body,
      });
      const code = 'code' in outcome ? outcome.code : outcome.status;
      if (changed.isTransplanted) assert.ok(code === 'BODY_NOT_JSON' || code === 'BODY_NOT_UTF8', code);
      else assert.equal(!notGenuine.has(code), isSame(delivery, changed), code);
    },
  };
}

const secret = 'the secret of the receiver';

interface Tampered {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Under the plain scheme, with the timestamp in front of the body: what is signed is the same. */
  readonly isTransplanted?: boolean;
}

function genuine(choices: Choices): Tampered {
  const any = anyBody(choices);
  const body = any.length === 0 ? Uint8Array.from([0x7b]) : any;
  if (choices.oneIn(3)) return { headers: { [plain]: `sha256=${hmacOf(secret, '', body)}` }, body };
  const timestamp = String(nowMs - choices.below(1_000));
  return { headers: { [signed]: hmacOf(secret, `${timestamp}:`, body), [time]: timestamp }, body };
}

function tamper(choices: Choices, delivery: Tampered): Tampered {
  const { headers, body } = delivery;
  const name = choices.pick(Object.keys(headers));
  switch (choices.below(6)) {
    case 0:
      return { headers, body: mutated(choices, body) };
    case 1:
      return { headers: { ...headers, [name]: textMutated(choices, headers[name] ?? '') }, body };
    case 2:
      return { headers: { ...headers, [name]: `${headers[name]}, ${headers[name]}` }, body };
    case 3:
      return { headers: without(headers, name), body };
    case 4:
      return { headers: { ...headers, [time]: String(nowMs + 1 + choices.below(100)) }, body };
    default:
      return moved(choices, delivery);
  }
}

/** Characters moved over the border between timestamp and body, or the whole of it under the other scheme. */
function moved(choices: Choices, { headers, body }: Tampered): Tampered {
  const timestamp = headers[time];
  const signature = headers[signed];
  if (timestamp === undefined || signature === undefined) {
    const hex = headers[plain]?.slice(7) ?? '';
    return { headers: { [signed]: hex, [time]: String(nowMs) }, body };
  }
  const prefix = encoder.encode(`${timestamp}:`);
  const whole = new Uint8Array(Buffer.concat([prefix, body]));
  // The plain scheme cannot see it; but it never is JSON, so it never becomes an event.
  if (choices.oneIn(2)) return { headers: { [plain]: `sha256=${signature}` }, body: whole, isTransplanted: true };
  const cut = choices.below(timestamp.length);
  return { headers: { [signed]: signature, [time]: timestamp.slice(0, cut) }, body: whole.slice(cut) };
}

/** By the letter: bytes and timestamp as they were, and the signature but for the case of its digits. */
function isSame(one: Tampered, other: Tampered): boolean {
  const form = ({ headers, body }: Tampered): unknown => [
    headers[plain]?.startsWith('sha256=')
      ? headers[plain].slice(0, 7) + lowerAscii(headers[plain].slice(7))
      : headers[plain],
    lowerAscii(headers[signed] ?? ''),
    headers[time],
    Buffer.from(body).toString('hex'),
  ];
  return JSON.stringify(form(one)) === JSON.stringify(form(other));
}

const lowerAscii = (text: string): string => text.replace(/[A-F]/g, (digit) => digit.toLowerCase());

const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));

const signed = 'x-twenty-webhook-signature';
const time = 'x-twenty-webhook-timestamp';
const plain = 'x-twenty-signature';

/** What is said of a delivery whose signature or time is wrong, or that has no body to sign. */
const notGenuine = new Set<string>([
  ...['SIGNATURE_MISSING', 'SIGNATURE_MALFORMED', 'SIGNATURE_MISMATCH', 'TIMESTAMP_MISSING', 'TIMESTAMP_MALFORMED'],
  ...['TIMESTAMP_TOO_OLD', 'TIMESTAMP_IN_FUTURE', 'BODY_EMPTY'],
]);
const encoder = new TextEncoder();
