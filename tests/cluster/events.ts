import { type SignedDelivery, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { secret } from './cluster-handlers.ts';

/** A signed event, and how often it is sent at the same moment. */
export interface ClusterEvent {
  readonly index: number;
  readonly delivery: SignedDelivery;
  readonly copies: 1 | 2;
}

/** Make events, each about another record, in both formats in turn. Every tenth is sent twice. */
export function makeEvents(count: number): ClusterEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const format = index % 2 === 0 ? 'server' : 'envelope';
    const delivery = signDelivery(sampleEvent('person.created', { format }), { secret, format });
    return { index, delivery, copies: index % 10 === 0 ? 2 : 1 };
  });
}
