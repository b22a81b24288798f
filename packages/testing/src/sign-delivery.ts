import { createHmac, randomBytes } from 'node:crypto';
import type { BodyBytes } from './body-bytes.ts';

/** `server`: what Twenty servers send. `envelope`: what Twenty's guide describes. */
export type WireFormat = 'server' | 'envelope';

/** How Twenty is to sign. */
export interface SignDeliveryOptions {
  /** The webhook's secret. With `''` the delivery is unsigned, as Twenty's are for a webhook without a secret. */
  readonly secret: string;
  /** @default 'server' */
  readonly format?: WireFormat | undefined;
  /** When it is sent, milliseconds since 1970; only `server` says it. @default Date.now() */
  readonly timestamp?: number | undefined;
}

/** One HTTP attempt, ready for `fetch` and for every other client. */
export interface SignedDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyBytes;
}

/**
 * Sign a body as Twenty does. Text and bytes are sent as they are; an object becomes compact JSON.
 *
 * @example
 * const delivery = signDelivery(sampleEvent('person.created'), { secret });
 * await fetch(url, { method: 'POST', ...delivery });
 */
export function signDelivery(body: string | Uint8Array | object, options: SignDeliveryOptions): SignedDelivery {
  const { secret, format = 'server', timestamp = Date.now() } = options;
  const bytes = toBytes(body);
  const sign = (prefix: string): string => createHmac('sha256', secret).update(prefix).update(bytes).digest('hex');
  const contentType = { 'content-type': 'application/json' };
  if (secret === '') return { headers: contentType, body: bytes };
  if (format === 'envelope')
    return { headers: { ...contentType, 'x-twenty-signature': `sha256=${sign('')}` }, body: bytes };
  return {
    headers: {
      ...contentType,
      'x-twenty-webhook-timestamp': String(timestamp),
      'x-twenty-webhook-signature': sign(`${timestamp}:`),
      'x-twenty-webhook-nonce': randomBytes(16).toString('hex'),
    },
    body: bytes,
  };
}

function toBytes(body: string | Uint8Array | object): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}
