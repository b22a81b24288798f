import Stripe from 'stripe';
import { type Contender, createContender } from '../contender.ts';
import { secret } from './secret.ts';

/** Verifies and parses. It takes bytes too, but text is faster. */
export function createStripe(): Contender {
  const { webhooks } = new Stripe('sk_test_bench');
  return createContender(
    'stripe',
    (signed, body) => ({
      body,
      header: webhooks.generateTestHeaderString({ payload: signed.toString('utf8'), secret }),
    }),
    ({ body, header }) => webhooks.constructEvent(body.toString('utf8'), header, secret),
  );
}
