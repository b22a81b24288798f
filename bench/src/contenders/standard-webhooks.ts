import { createHmac } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { type Contender, createContender } from '../contender.ts';
import { requestHeaders } from '../request-headers.ts';
import { secret } from './secret.ts';

/** Verifies and parses; takes text. */
export const createStandardWebhooks = (): Contender => create('standardwebhooks', new StandardWebhook(key), 'webhook');

/** The same scheme under Svix's own header names. */
export const createSvix = (): Contender => create('svix', new SvixWebhook(key), 'svix');

const bytes = Buffer.from(secret, 'hex');
const key = `whsec_${bytes.toString('base64')}`;

function create(name: string, webhook: StandardWebhook | SvixWebhook, prefix: string): Contender {
  return createContender(
    name,
    (signed, body) => {
      const [id, timestamp] = ['msg_1', Math.floor(Date.now() / 1000)];
      // Its own `sign` would take as long as what is measured.
      const hmac = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(signed);
      const headers = {
        [`${prefix}-id`]: id,
        [`${prefix}-timestamp`]: String(timestamp),
        [`${prefix}-signature`]: `v1,${hmac.digest('base64')}`,
      };
      return { body, headers: requestHeaders(body, headers) };
    },
    ({ body, headers }) => webhook.verify(body.toString('utf8'), headers),
  );
}
