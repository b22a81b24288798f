import { createHmac } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import { type Contender, createContender } from '../contender.ts';
import { secret } from './secret.ts';

/** Verifies, parses and routes; takes text, so the bytes are decoded first, as its own middleware does. */
export function createOctokit(): Contender {
  const webhooks = new Webhooks({ secret });
  webhooks.on('issues', () => {});
  return createContender(
    '@octokit/webhooks',
    (signed, body) => ({ body, signature: `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}` }),
    ({ body, signature }) =>
      webhooks.verifyAndReceive({ id: '1', name: 'issues', payload: body.toString('utf8'), signature }),
  );
}
