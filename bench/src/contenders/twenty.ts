import { createReceiver, type ReceiverOptions } from '@twenty-webhooks/core';
import { signDelivery } from '@twenty-webhooks/testing';
import { type Contender, createContender } from '../contender.ts';
import { requestHeaders } from '../request-headers.ts';
import { secret } from './secret.ts';

export interface TwentyOptions extends Pick<ReceiverOptions, 'idempotency' | 'secret' | 'on'> {
  /** How many handlers match. @default 1 */
  readonly handlers?: number;
}

/** `receive` of core with one handler, or with those that the options name. */
export function createTwenty(
  name: string,
  handler: () => unknown,
  { handlers = 1, ...options }: TwentyOptions = {},
): Contender {
  const receiver = createReceiver({ secret, on: { '*.created': handler }, ...options });
  for (let index = 1; index < handlers; index++) receiver.on('*.created', { name: `handler ${index}` }, handler);
  return createContender(
    name,
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    ({ body, headers }) => receiver.receive({ method: 'POST', url: '/webhooks/twenty', headers, body }),
    ({ status }) => {
      if (status !== 'handled') throw new Error(`the delivery was ${status}`);
    },
  );
}

/** The headers of a delivery of this body. */
export function toHeaders(body: Buffer): Record<string, string> {
  const { 'content-type': _, ...signed } = signDelivery(body, { secret }).headers;
  return requestHeaders(body, signed);
}
