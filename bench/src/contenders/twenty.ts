import { createReceiver, type ReceiverOptions } from '@twenty-webhooks/core';
import { signDelivery } from '@twenty-webhooks/testing';
import { type Contender, createContender } from '../contender.ts';
import { requestHeaders } from '../request-headers.ts';
import { secret } from './secret.ts';

/** `receive` of core with one handler. */
export function createTwenty(
  name: string,
  handler: () => unknown,
  options: Pick<ReceiverOptions, 'idempotency'> = {},
): Contender {
  const receiver = createReceiver({ ...options, secret, on: { '*.created': handler } });
  return createContender(
    name,
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    async ({ body, headers }) => {
      const { status } = await receiver.receive({ method: 'POST', url: '/webhooks/twenty', headers, body });
      if (status !== 'handled') throw new Error(`the delivery was ${status}`);
    },
  );
}

/** The headers of a delivery of this body. */
export function toHeaders(body: Buffer): Record<string, string> {
  const { 'content-type': _, ...signed } = signDelivery(body, { secret }).headers;
  return requestHeaders(body, signed);
}
