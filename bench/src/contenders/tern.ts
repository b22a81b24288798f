import { createHmac } from 'node:crypto';
import { WebhookVerificationService } from '@hookflo/tern';
import { type Contender, createContender } from '../contender.ts';
import { requestHeaders } from '../request-headers.ts';
import { secret } from './secret.ts';

/** Verifies and parses; takes a web-standard request, which is made for it before the clock runs. */
export function createTern(): Contender {
  // Its README's example of a platform of one's own.
  const config = {
    platform: 'custom',
    secret,
    signatureConfig: {
      algorithm: 'hmac-sha256',
      headerName: 'x-acme-signature',
      headerFormat: 'raw',
      timestampHeader: 'x-acme-timestamp',
      timestampFormat: 'unix',
      payloadFormat: 'timestamped',
    },
  } as const;
  return createContender(
    '@hookflo/tern',
    (signed, body) => {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(signed).digest('hex');
      const { connection, ...headers } = requestHeaders(body, {
        'x-acme-signature': signature,
        'x-acme-timestamp': timestamp,
      });
      return new Request('http://127.0.0.1:3000/', { method: 'POST', headers, body: new Uint8Array(body) });
    },
    async (request) => {
      const result = await WebhookVerificationService.verify(request, config);
      if (!result.isValid) throw new Error(result.error);
    },
  );
}
