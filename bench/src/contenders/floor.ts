import { createHash, createHmac } from 'node:crypto';
import { type Contender, createContender } from '../contender.ts';
import { secret } from './secret.ts';
import { toHeaders } from './twenty.ts';

/** What nobody can do without: the HMAC of the bytes and the JSON in them. Not safe to use: no constant time, no time window. */
export const createFloor = (): Contender => createBare('floor: HMAC and JSON.parse', () => {});

/** The same, and the hash that an event's id is made of. Who tells redeliveries apart cannot be faster than this. */
export const createFloorWithHash = (): Contender =>
  createBare('floor and SHA-256 of the body', (body) => createHash('sha256').update(body).digest('hex'));

function createBare(name: string, identify: (body: Buffer) => unknown): Contender {
  return createContender(
    name,
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    async ({ body, headers }): Promise<unknown> => {
      const prefix = `${headers['x-twenty-webhook-timestamp']}:`;
      const hex = createHmac('sha256', secret).update(prefix).update(body).digest('hex');
      if (hex !== headers['x-twenty-webhook-signature']) throw new Error('refused');
      identify(body);
      return JSON.parse(body.toString('utf8'));
    },
  );
}
