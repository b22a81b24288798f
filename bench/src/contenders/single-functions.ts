import { createHmac } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import { parseEvent, verifySignature } from '@twenty-webhooks/core';
import Stripe from 'stripe';
import { type Contender, createContender } from '../contender.ts';
import { secret } from './secret.ts';
import { toHeaders } from './twenty.ts';

// What can verify without parsing, and ours one after the other. Whoever takes text decodes the bytes first.

/** The HMAC alone: not safe to use. */
export const createHmacFloor = (): Contender =>
  createContender(
    'floor: HMAC',
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    async ({ body, headers }) => {
      const prefix = `${headers['x-twenty-webhook-timestamp']}:`;
      const hex = createHmac('sha256', secret).update(prefix).update(body).digest('hex');
      if (hex !== headers['x-twenty-webhook-signature']) throw new Error('refused');
    },
  );

export const createTwentyVerify = (): Contender =>
  createContender(
    'verifySignature',
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    ({ body, headers }) => verifySignature(body, headers, { secret }),
  );

export const createTwentyVerifyAndParse = (): Contender =>
  createContender(
    'verifySignature, parseEvent',
    (signed, body) => ({ body, headers: toHeaders(signed) }),
    async ({ body, headers }) => {
      await verifySignature(body, headers, { secret });
      await parseEvent(body);
    },
  );

export function createStripeVerify(): Contender {
  const { webhooks } = new Stripe('sk_test_bench');
  const { signature } = webhooks;
  if (signature === null) throw new Error('stripe cannot verify here');
  return createContender(
    'stripe, verifyHeader',
    (signed, body) => ({
      body,
      header: webhooks.generateTestHeaderString({ payload: signed.toString('utf8'), secret }),
    }),
    ({ body, header }) => signature.verifyHeader(body.toString('utf8'), header, secret),
  );
}

export function createOctokitVerify(): Contender {
  const webhooks = new Webhooks({ secret });
  return createContender(
    '@octokit/webhooks, verify',
    (signed, body) => ({ body, signature: `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}` }),
    async ({ body, signature }) => {
      if (!(await webhooks.verify(body.toString('utf8'), signature))) throw new Error('refused');
    },
  );
}
