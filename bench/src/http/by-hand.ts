import { createHmac, timingSafeEqual } from 'node:crypto';
import { secret } from '../contenders/secret.ts';

type HeaderValue = string | string[] | null | undefined;

/**
 * What a developer who knows Twenty's guide writes for one route: signature in constant time, time window, JSON. `undefined`
 * for what is not genuine.
 */
export function readDelivery(signature: HeaderValue, timestamp: HeaderValue, body: Buffer): unknown {
  if (typeof signature !== 'string' || typeof timestamp !== 'string') return undefined;
  const expected = createHmac('sha256', secret).update(`${timestamp}:`).update(body).digest();
  const received = Buffer.from(signature, 'hex');
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) return undefined;
  if (!(Math.abs(Date.now() - Number(timestamp)) <= 300_000)) return undefined;
  return JSON.parse(body.toString('utf8'));
}

/** What a route without an adapter does with what it has read: nothing, or all that is needed. */
export const routes = { bare: () => true, 'by hand': readDelivery };

export const signatureHeader = 'x-twenty-webhook-signature';
export const timestampHeader = 'x-twenty-webhook-timestamp';
