import { createHmac } from 'node:crypto';
import { type Contender, createContender } from '../contender.ts';
import { secret } from './secret.ts';
import { toHeaders } from './twenty.ts';

/** What nobody can do without: the HMAC of the bytes and the JSON in them. Not safe to use: no constant time, no time window. */
export function createFloor(): Contender {
  return createContender(
    'floor: HMAC and JSON.parse',
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    async ({ body, headers }): Promise<unknown> => {
      const prefix = `${headers['x-twenty-webhook-timestamp']}:`;
      const hex = createHmac('sha256', secret).update(prefix).update(body).digest('hex');
      if (hex !== headers['x-twenty-webhook-signature']) throw new Error('refused');
      return JSON.parse(body.toString('utf8'));
    },
  );
}
